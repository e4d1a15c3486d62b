import { expect, it } from 'vitest'
import { createClientWith } from '../../../sdk/src/game-client.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'
import { FakeServer } from '../fake-server.ts'
import { FakePage, FakeStorage } from '../link/link-setup.ts'

it('opens no link for what was asked of the lobby before the client was closed', async () => {
  const clock = new FakeClock()
  const server = new FakeServer(clock)
  const client = createClientWith(
    'ws://here',
    {},
    {
      connect: server.connect,
      clock,
      random: () => 0.5,
      randomBytes: (length) => new Uint8Array(length).fill(7),
      schedule: (fn) => void clock.setTimer(fn, 0),
      storage: new FakeStorage(),
      page: new FakePage(),
      pageUrl: null,
      report: () => {},
      openRoom: () => {
        throw new Error('no room was asked for')
      },
    },
  )
  // The lobby's file is on its way.
  const party = client.createParty()
  await client.close()
  await expect(party).rejects.toMatchObject({ name: 'ConnectionClosedError', code: 'left' })
  expect(server.urls).toEqual([])
})
