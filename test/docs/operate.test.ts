import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { ask } from './operate/service.ts'
import { start } from './operate/server.ts'
import { expectCompiled, expectLinks } from './snippets.ts'

const PAGE = 'docs/guide/operate.md'

it('the page shows code that is compiled and run, and links to what is there', () => {
  expectCompiled(PAGE, './operate')
  expectLinks(PAGE)
})

it('a service makes a room by a signed request, beside pages of the same server', async () => {
  const { httpServer, server } = await start('t')
  onTestFinished(() => server.close())
  await new Promise<void>((resolve) => httpServer.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void httpServer.close())
  const base = `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`
  expect(await (await fetch(base)).text()).toBe('the page')
  const made = await ask(base, 's3cret', '/api/rooms', { game: 'arena', visibility: 'private' })
  expect(made).toMatchObject({ roomId: expect.any(String), invite: expect.any(String) })
  await expect(ask(base, 'wrong', '/api/rooms', { game: 'arena' })).rejects.toThrow('does not fit')
})
