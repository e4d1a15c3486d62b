import { describe, expect, it } from 'vitest'
import { roomGone } from '../../sdk/src/connection/close-info.ts'
import { flyer } from './flyer.ts'
import type { Flyer } from './flyer.ts'
import { RoomSetup, SEAT } from './room-setup.ts'
import type { Network } from './room-setup.ts'

const WAY: Partial<Network> = { upMs: () => 40, downMs: () => 40 }
const OVER = { code: 4004, name: 'kicked', meaning: 'the server took the seat away', retry: false }

function flying(network: Partial<Network> = WAY, game = flyer): RoomSetup<Flyer> {
  return new RoomSetup<Flyer>(game, network, (world) => {
    world.spawn('ship', { x: 500, y: 500, hp: 100 }, { owner: SEAT })
  })
}

describe('the end of a seat', () => {
  it('has a meaning for people, also when the reason is one of the game’s own', () => {
    const meanings = ['expired', 'room-closed', 'kicked', 'round-over'].map((reason) => roomGone(reason).meaning)
    expect(meanings).toEqual([
      'the server does not know this seat any more: it was dropped for too long, or the server was restarted',
      'the room has ended',
      'the game removed this player',
      'the room ended this seat: round-over',
    ])
  })

  it('resolves left with the reason, and the last picture stays', async () => {
    const setup = flying()
    setup.run(500)
    setup.opened.ended(OVER)
    setup.run(500)
    await expect(setup.room.left).resolves.toEqual(OVER)
    expect(setup.room.mine('ship')).toMatchObject({ x: 500 })
    const sent = setup.link.inputs.length
    setup.run(500)
    expect(setup.link.inputs.length).toBe(sent)
  })

  it('may be the player’s wish', async () => {
    const setup = flying()
    await setup.room.leave()
    expect(setup.link.isLeaving).toBe(true)
  })

  it('closes room.connection for good, also when the link itself is online again without the room', () => {
    const setup = flying()
    const phases: string[] = []
    setup.room.onConnection(({ phase }) => phases.push(phase))
    setup.opened.ended(OVER)
    setup.link.show({ phase: 'online' })
    expect(phases).toEqual(['closed'])
    expect(setup.room.connection).toEqual({ phase: 'closed', reason: OVER })
  })

  it('is told once when the link ends with it', () => {
    const setup = flying()
    const phases: string[] = []
    setup.room.onConnection(({ phase }) => phases.push(phase))
    setup.link.show({ phase: 'closed', reason: OVER })
    setup.opened.ended(OVER)
    expect(phases).toEqual(['closed'])
  })
})

describe('what a newcomer does wrong', () => {
  it('never calling advance is told after two seconds, with what to do', () => {
    const setup = flying()
    setup.draws = false
    setup.run(5000)
    expect(setup.reports.map(({ message }) => message)).toEqual([
      expect.stringMatching(/room\.advance\(\) was not called within 2 s of joining: call it once per rendered frame/),
    ])
  })

  it('a room that ends while nobody asks for it is told, with what to ask; a leave, or a game that asks, is not', () => {
    const unheard = flying()
    unheard.opened.ended(OVER)
    expect(unheard.reports.map(({ message }) => message)).toEqual([
      'the room is over for this player (kicked): the server took the seat away. Nothing moves any more: await ' +
        'room.left, say why, and join again.',
    ])
    const heard = flying()
    void heard.room.left
    heard.opened.ended(OVER)
    const gone = flying()
    gone.opened.ended({ ...OVER, name: 'left' })
    expect([...heard.reports, ...gone.reports]).toEqual([])
  })

  it('a simulation that differs on both ends is told once, with the field', () => {
    const game = {
      ...flyer,
      simulate: (world: Parameters<typeof flyer.simulate>[0]) => {
        flyer.simulate(world)
        if (world.authority) for (const ship of world.all('ship')) ship.vy += 0.5
      },
    }
    const setup = flying(WAY, game)
    setup.run(4000)
    expect(setup.reports).toHaveLength(1)
    expect(setup.reports[0]!.message).toMatch(
      /the simulation differs on client and server: ship\.vy was predicted wrongly/,
    )
  })

  it('a change by room code now and then is no such thing', () => {
    const setup = flying()
    setup.authority.onTick = () => {
      if (setup.authority.tick % 30 === 0) for (const ship of setup.authority.all('ship')) ship.hp--
    }
    setup.run(8000)
    expect(setup.reports).toEqual([])
  })

  it('an input that the schema does not have is told once, with those it has; the others count', () => {
    const setup = flying()
    setup.sample = () => Object.assign({ turn: 1 }, { thrsut: true })
    setup.run(1000)
    expect(setup.reports.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^room\.advance\(sample\): the schema's input has no "thrsut"; it has .*thrust/),
    ])
    expect(setup.room.mine('ship')!.angle).not.toBe(0)
  })

  it('a kind that the schema does not have is refused with those it has', () => {
    const { room } = flying()
    expect(() => [...room.view('shop' as 'ship')]).toThrow(/kind: expected one of ship, bullet, rock, got "shop"/)
    expect(() => room.mine('shop' as 'ship')).toThrow(/got "shop"/)
    expect(() => room.draw('ship', {} as { enter: () => void })).toThrow(
      /room\.draw: expected an object with enter\(\)/,
    )
    expect(() => room.press('thrust')).toThrow(/room\.press: expected one of fire, blink, load/)
  })
})
