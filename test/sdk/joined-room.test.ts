import { describe, expect, it } from 'vitest'
import { flyer } from './flyer.ts'
import type { Flyer } from './flyer.ts'
import { RoomSetup, SEAT } from './room-setup.ts'
import type { Network } from './room-setup.ts'

function withShip(network: Partial<Network> = {}): RoomSetup<Flyer> {
  return new RoomSetup<Flyer>(flyer, network, (world) => {
    world.spawn('ship', { x: 500, y: 500, hp: 100 }, { owner: SEAT })
  })
}

describe('a joined room on a clean link', () => {
  it('never corrects a prediction in ten minutes of flying and shooting', () => {
    const setup = withShip({ upMs: () => 40, downMs: () => 40 })
    let frame = 0
    setup.sample = () => {
      frame++
      if (frame % 37 === 0) setup.room.press('fire')
      return { thrust: frame % 90 < 10, turn: ((frame >> 6) % 3) - 1 }
    }
    setup.run(20_000)
    expect(setup.reports).toEqual([])
    expect(setup.room.stats).toMatchObject({ corrections: 0, starvedTicks: 0 })
  })
})
