import { ConfigError, defineSimulation } from '@tickwire/protocol'
import type { OthersStand, SimWorld } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { flyerSchema } from '../flyer.ts'
import type { Flyer } from '../flyer.ts'
import { RoomSetup, SEAT } from '../room-setup.ts'

const WAY = { upMs: () => 50, downMs: () => 50 }
const SPEED = 60

/** What this client's simulation finds of the other ship, which flies along x, in the newest tick that it ran. */
interface Found {
  readonly tick: number
  readonly near: number
  readonly got: number
  readonly drawn: number
}

function flying(others: OthersStand): { readonly setup: RoomSetup<Flyer>; readonly found: Found[] } {
  const found: Found[] = []
  let drawnX = (): number => Number.NaN
  const step = (world: SimWorld<Flyer>): void => {
    if (world.authority) {
      for (const ship of world.all('ship')) ship.x += ship.vx * world.dt
      return
    }
    for (const own of world.all('ship')) {
      const other = world.near('ship', own, 1000).find(({ owner }) => owner === 1)
      if (other === undefined || world.isReplay) continue
      const got = world.get('ship', other.id)!
      expect(() => ((other as { x: number }).x = 0)).toThrow('read-only')
      found.push({ tick: world.tick, near: other.x, got: got.x, drawn: drawnX() })
    }
  }
  const game = defineSimulation<Flyer>(flyerSchema, step, { others })
  const setup = new RoomSetup<Flyer>(game, WAY, (authority) => {
    authority.addPlayer(1)
    authority.spawn('ship', { x: 500, y: 500 }, { owner: SEAT })
    authority.spawn('ship', { x: 100, y: 500, vx: SPEED }, { owner: 1 })
  })
  drawnX = () => [...setup.room.view('ship')].find(({ mine }) => !mine)?.x ?? Number.NaN
  setup.run(3000)
  return { setup, found }
}

/** Where the other ship is on the server in a tick. */
const truthAt = (tick: number): number => 100 + (SPEED * tick) / 60

describe('others in the predicted world', () => {
  it('stand where they are drawn, in the past', () => {
    const last = flying('drawn').found.at(-1)!
    expect(last.near).toBe(last.drawn)
    expect(last.got).toBe(last.drawn)
    expect(truthAt(last.tick) - last.near).toBeGreaterThan(8)
  })

  it('stand, if the game says so, where their motion has led to in the tick being run', () => {
    const last = flying('extrapolated').found.at(-1)!
    expect(last.near).toBeCloseTo(truthAt(last.tick), 0)
    expect(last.got).toBe(last.near)
    expect(truthAt(last.tick) - last.drawn).toBeGreaterThan(8)
  })

  it('are followed for 250 ms beyond the newest snapshot, and then stand', () => {
    const { setup, found } = flying('extrapolated')
    setup.isQuiet = true
    setup.run(400)
    const [standing] = found.slice(-1)
    setup.run(300)
    expect(found.at(-1)!.tick).toBeGreaterThan(standing!.tick + 10)
    expect(found.at(-1)!.near).toBe(standing!.near)
  })

  it('stand in one of these two ways', () => {
    expect(() => defineSimulation<Flyer>(flyerSchema, () => {}, { others: 'ahead' as 'drawn' })).toThrow(ConfigError)
  })
})
