import { RefusedError } from 'tickwire'
import type { Client, RoomListing } from 'tickwire/client'
import { describe, expect, it } from 'vitest'
import { useStepper } from '../scenarios/seams.ts'
import type { Stepper } from 'tickwire/testing'
import type { Duel } from './lobby/duel.ts'
import { accept, follow, getReady, invite, quick, rename, search, watchFirst } from './lobby/page.ts'
import { casual, ranked } from './lobby/rooms.ts'
import { expectCompiled, expectLinks } from './snippets.ts'

const start = useStepper()
const stand = (): Stepper<Duel> => start<Duel>({ rooms: [casual, ranked], impair: { latencyMs: 20 } })

describe('docs/guide/lobby.md', () => {
  it('shows only code that is compiled and played', () => expectCompiled('docs/guide/lobby.md', './lobby'))
  it('links only to files that exist', () => expectLinks('docs/guide/lobby.md'))
})

describe('the page of the guide', () => {
  it('follows a list, searches, and gets in where there is place', async () => {
    const stepper = stand()
    const [ada, bob, eve] = [stepper.addClient(), stepper.addClient(), stepper.addClient()]
    let shown: readonly RoomListing<Duel>[] = []
    const list = await stepper.until(follow(ada.client, { rooms: (rooms) => (shown = rooms), say: () => undefined }))
    bob.room = await stepper.until(quick(bob.client, 'Bob'))
    eve.room = await stepper.until(quick(eve.client, 'Eve'))
    await stepper.run(0.5)
    expect(eve.room.id).toBe(bob.room.id)
    // Its skill is 0, and the list wants 10.
    expect(shown).toEqual([])
    expect(await stepper.until(search(ada.client, 'map = "dust" and skill < 5'))).toEqual(['On dust (2)'])
    list.close()
    const sight = await stepper.until(watchFirst(ada.client))
    expect(sight?.id).toBe(bob.room.id)
    expect(await stepper.until(getReady(bob.room))).toHaveLength(2)
    const said: string[] = []
    const screen = { rooms: () => undefined, say: (line: string) => void said.push(line) }
    await stepper.until(rename(eve.room, 'mine', screen))
    await stepper.until(rename(bob.room, 'ours', screen))
    await stepper.run(0.3)
    expect(said).toEqual(["This room is Bob's."])
    expect(sight?.metadata.title).toBe('ours')
  })

  it('invites friends by a link, who are asked for the password', async () => {
    const stepper = stand()
    const [ada, bob, eve]: Client[] = Array.from({ length: 3 }, () => stepper.addClient().client)
    const { room, link } = await stepper.until(invite(ada!, 'Ada'))
    const code = link.split('#')[1]!
    const joined = await stepper.until(accept(bob!, 'Bob', code.toLowerCase(), () => 'sesame'))
    expect([joined.id, joined.options.rounds]).toEqual([room.id, 5])
    await expect(stepper.until(accept(eve!, 'Eve', code, () => 'open'))).rejects.toBeInstanceOf(RefusedError)
  })
})
