import { CLOSE, RefusedError } from '@tickwire/protocol'
import { UnreachableError } from '@tickwire/sdk'
import { expect, it } from 'vitest'
import { isPassing, whyEnded, whyNotJoined } from '../../demo/client/problems.ts'

it('tells a player what helps, not what a developer would ask', () => {
  expect(whyNotJoined(new UnreachableError('ws://localhost:1/')).text).toBe('The game server cannot be reached.')
  expect(whyNotJoined(new RefusedError('room-full')).title).toBe('The room is full')
})

it('offers to reload exactly where another page is needed', () => {
  for (const code of ['version-mismatch', 'schema-mismatch']) {
    expect(whyNotJoined(new RefusedError(code)).needsReload).toBe(true)
  }
  expect(whyNotJoined(new RefusedError('wrong-code')).needsReload).toBeUndefined()
})

it('asks again by itself only where that may help', () => {
  expect(isPassing(new UnreachableError('ws://localhost:1/'))).toBe(true)
  expect(isPassing(new RefusedError('join-timeout'))).toBe(true)
  expect(isPassing(new RefusedError('banned'))).toBe(false)
  expect(isPassing('odd')).toBe(false)
})

it('passes on what it has no words for', () => {
  expect(whyNotJoined(new RefusedError('too-young', 'come back in May'))).toEqual({
    title: 'That did not work',
    text: 'Come back in May.',
  })
  expect(whyNotJoined('odd').text).toBe('Odd.')
})

it('says nothing to who left, and something for every other end', () => {
  for (const [name, reason] of Object.entries(CLOSE)) {
    const said = whyEnded({ name, ...reason })
    if (name === 'left') expect(said).toBeUndefined()
    else expect(`${said?.title}. ${said?.text}`).toMatch(/^[A-Z].*[^.]\. [A-Z].*\.$/)
  }
})
