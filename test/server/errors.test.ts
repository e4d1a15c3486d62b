import { expect, it } from 'vitest'
import { ConfigError } from '@tickwire/protocol'
import { listenError } from '../../server/src/errors.ts'

const errorOf = (code: string): NodeJS.ErrnoException => Object.assign(new Error('listen'), { code })

it.each([
  ['EADDRINUSE', /port 80 is taken.*PORT=81/],
  ['EACCES', /port: expected a port that this user may open, got 80; choose one above 1023/],
  ['EADDRNOTAVAIL', /host: expected an address of this machine, got "far.example"/],
  ['ENOTFOUND', /host: expected an address of this machine, got "far.example"/],
])('%s is told in the words of who chose host and port', (code, message) => {
  const error = listenError(errorOf(code), 'far.example', 80)
  expect(error).toBeInstanceOf(ConfigError)
  expect(error.message).toMatch(message)
})

it('what nobody has words for stays as it is', () => {
  const error = errorOf('EMFILE')
  expect(listenError(error, undefined, 80)).toBe(error)
})
