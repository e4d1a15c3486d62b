import type { JoinedRoom } from 'tickwire/client'
import { describe, expect, it } from 'vitest'
import { useStepper } from '../scenarios/seams.ts'
import type { Stepper } from 'tickwire/testing'
import type { Duel } from './lobby/duel.ts'
import { gather, greet, play, quickMatch } from './lobby/people.ts'
import type { Friends } from './lobby/people.ts'
import { rankedQueue } from './lobby/queues.ts'
import { casual, ranked } from './lobby/rooms.ts'

const start = useStepper()
const stand = (): Stepper<Duel> =>
  start<Duel>({ rooms: [casual, ranked], queues: [rankedQueue], impair: { latencyMs: 20 } })

interface Notes extends Friends {
  readonly rooms: JoinedRoom<Duel>[]
  readonly said: string[]
  shown: readonly string[]
}

function notes(): Notes {
  const [rooms, said]: [JoinedRoom<Duel>[], string[]] = [[], []]
  const all: Notes = {
    rooms,
    said,
    shown: [],
    members: (lines) => void (all.shown = lines),
    enter: (room) => void rooms.push(room),
    say: (line) => void said.push(line),
  }
  return all
}

describe('the page of the guide, with friends', () => {
  it('gathers a party and takes it into one room', async () => {
    const stepper = stand()
    const [ada, bob] = [stepper.addClient(), stepper.addClient()]
    const [hers, his] = [notes(), notes()]
    await stepper.until(ada.client.setAlias('ada'))
    await stepper.until(bob.client.setAlias('bob'))
    const party = await stepper.until(gather(ada.client, null, hers))
    const second = await stepper.until(gather(bob.client, party.code, his))
    await stepper.until(second.setReady())
    await stepper.run(0.2)
    expect(hers.shown).toEqual(['ada leads', 'bob is ready'])
    const room = await stepper.until(play(party, 'Ada'))
    await stepper.runUntil(() => his.rooms.length === 1, 3)
    expect(his.rooms[0]!.id).toBe(room.id)
    expect(room.options.map).toBe('dust')
  })

  it('finds a match and says how it stands', async () => {
    const stepper = stand()
    const both = [notes(), notes()]
    const matching = both.map((one, i) => quickMatch(stepper.addClient().client, `player ${i}`, one))
    await stepper.until(Promise.all(matching))
    const [first, second] = both.map(({ rooms }) => rooms[0]!)
    expect(first!.id).toBe(second!.id)
    expect(first!.options).toMatchObject({ map: 'dust', rounds: 5 })
    expect(both[0]!.said).toContain('0 of 2 are ready')
    expect(both[0]!.said.at(-1)).toBe('Here we go')
  })

  it('finds a friend by name and writes to it', async () => {
    const stepper = stand()
    const [ada, bob] = [stepper.addClient(), stepper.addClient()]
    const [hers, his] = [notes(), notes()]
    await stepper.until(ada.client.setAlias('ada'))
    ada.client.onDirect(({ from, text }) => hers.say(`${from}: ${text}`))
    await stepper.until(greet(bob.client, 'Bob', 'Ada', his))
    await stepper.run(0.2)
    expect(hers.said).toEqual(['bob: A game?'])
  })
})
