import { describe, expect, it } from 'vitest'
import { Admission } from '../../../server/src/link/admission.ts'
import type { Directory } from '../../../server/src/directory/directory.ts'
import { MemoryDirectory } from '../../../server/src/directory/memory.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'
import { countingBytes, settle, testServer } from '../helpers.ts'
import type { TestClient } from '../helpers.ts'

/** Turns of an event loop that come when they are told to. */
function turns() {
  const soon: (() => void)[] = []
  const next = async (): Promise<void> => {
    for (const fn of soon.splice(0)) fn()
    await settle()
  }
  return { yieldToIo: (fn: () => void) => void soon.push(fn), next, soon }
}

const codeOf = ({ items }: TestClient): string | undefined =>
  items.map((item) => (item.type === 'joinRefused' ? item.code : item.type)).at(-1)

describe('Admission', () => {
  it('lets one in per turn of the event loop, in the order of coming', async () => {
    const { yieldToIo, next, soon } = turns()
    const admission = new Admission(yieldToIo)
    const inside: string[] = []
    for (const name of ['ada', 'bob', 'eve']) void admission.turn().then(() => inside.push(name))
    await settle()
    expect(inside).toEqual(['ada'])
    await next()
    expect(inside).toEqual(['ada', 'bob'])
    await next()
    expect(inside).toEqual(['ada', 'bob', 'eve'])
    await next()
    expect(soon).toEqual([])
  })

  it('joins of a crowd are worked on one per turn, and those who have left cost nothing', async () => {
    const { yieldToIo, next } = turns()
    const { connect, maker } = testServer({ yieldToIo })
    const [first, gone, last] = [connect(), connect(), connect()]
    for (const client of [first, gone, last]) client.enter({ verb: 'create' })
    gone.cut(4013)
    await settle()
    expect(maker.rooms).toHaveLength(1)
    await next()
    expect(maker.rooms).toHaveLength(1)
    await next()
    expect(maker.rooms).toHaveLength(2)
  })

  it('those who wait for their turn count as pending joins', async () => {
    const { yieldToIo } = turns()
    const { connect, server } = testServer({ yieldToIo, limits: { maxPendingJoins: 2 } })
    const clients = Array.from({ length: 4 }, () => connect())
    // The first is done at once and makes room.
    for (const client of clients) {
      client.enter()
      await settle()
    }
    const codes = clients.flatMap(({ items }) =>
      items.map((item) => (item.type === 'joinRefused' ? item.code : item.type)),
    )
    expect(codes).toEqual(['joined', 'server-busy'])
    expect(server.stats.counters.serverBusy).toBe(1)
  })

  it('a full server plans no room for those it refuses', async () => {
    const directory = new MemoryDirectory({
      clock: new FakeClock(),
      randomBytes: countingBytes(),
      reservationMs: 20_000,
    })
    const planned: boolean[] = []
    const watched: Directory = Object.assign(Object.create(directory) as MemoryDirectory, {
      reserve: (...[criteria, party, newRoom]: Parameters<Directory['reserve']>) => {
        planned.push(newRoom !== null)
        return directory.reserve(criteria, party, newRoom)
      },
    })
    const { connect } = testServer({ directory: watched, limits: { maxRoomsPerServer: 1 } })
    const clients = [connect(), connect(), connect()]
    clients[0]!.enter()
    await settle()
    clients[1]!.enter({ verb: 'create' })
    clients[2]!.enter({ room: 'key' })
    await settle()
    expect(planned).toEqual([true, false, false])
    expect(clients.slice(1).map(codeOf)).toEqual(['server-full', 'server-full'])
  })
})
