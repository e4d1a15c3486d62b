import type { EntityView } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { flyer } from '../flyer.ts'
import type { Flyer } from '../flyer.ts'
import { RoomSetup, SEAT } from '../room-setup.ts'
import type { Network } from '../room-setup.ts'

const WAY: Partial<Network> = { upMs: () => 50, downMs: () => 50 }
const FRAME_MS = 1000 / 60

function flying(network: Partial<Network> = WAY): RoomSetup<Flyer> {
  const setup = new RoomSetup<Flyer>(flyer, network, (world) => {
    world.spawn('ship', { x: 500, y: 500, hp: 100 }, { owner: SEAT })
  })
  setup.run(1000)
  return setup
}

const views = (setup: RoomSetup<Flyer>, kind: 'ship' | 'bullet' | 'rock'): EntityView<Flyer, typeof kind>[] => [
  ...setup.room.view(kind),
]
const truth = (setup: RoomSetup<Flyer>) => [...setup.authority.all('ship')].find(({ owner }) => owner === SEAT)!

/** Runs frame by frame and looks after each. */
function watch<T>(setup: RoomSetup<Flyer>, ms: number, look: () => T): T[] {
  const seen: T[] = []
  setup.onFrame = () => seen.push(look())
  setup.run(ms)
  setup.onFrame = () => undefined
  return seen
}

describe('what the player owns', () => {
  it('moves with the frame after the key, however far the server is', () => {
    const setup = flying({ upMs: () => 150, downMs: () => 150 })
    const before = setup.room.mine('ship')!.x
    setup.sample = () => ({ thrust: true })
    const trace = watch(setup, 4 * FRAME_MS, () => setup.room.mine('ship')!.x)
    expect(trace[1]).toBeGreaterThan(before)
    expect(truth(setup).x).toBe(500)
  })

  it('is where the server has it once nothing is on its way any more', () => {
    const setup = flying()
    setup.sample = () => ({ thrust: true, turn: 1 })
    setup.run(700)
    setup.sample = () => ({})
    setup.run(300)
    // Both ends drift on alike; the client is ahead by its lead.
    const { x, vx } = setup.room.mine('ship')!
    expect(vx).toBe(truth(setup).vx)
    expect(Math.abs(x - truth(setup).x)).toBeLessThan(Math.abs(vx) * 0.2)
    expect(setup.room.stats.corrections).toBe(0)
  })

  it('shows what only its owner may know', () => {
    const setup = flying()
    setup.room.press('fire')
    setup.run(100)
    expect(setup.room.mine('ship')!.heat).toBeGreaterThan(30)
  })

  it('is corrected when the server decides otherwise, and slides there instead of jumping', () => {
    const setup = flying()
    const ship = truth(setup)
    setup.authority.onTick = () => {
      ship.x += 20
      setup.authority.onTick = () => undefined
    }
    const trace = watch(setup, 1500, () => setup.room.mine('ship')!.x)
    expect(setup.room.stats.corrections).toBe(1)
    expect(trace.at(-1)).toBeCloseTo(520, 1)
    const steps = trace.slice(1).map((x, i) => x - trace[i]!)
    expect(Math.max(...steps)).toBeLessThan(2.5)
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(0)
  })

  it('takes what only the server decides, such as damage, and counts no correction while nothing moves', () => {
    const setup = flying()
    setup.sample = () => ({ thrust: true, turn: 1 })
    setup.run(300)
    const ship = truth(setup)
    setup.authority.onTick = () => {
      ship.hp = 40
      setup.authority.onTick = () => undefined
    }
    setup.run(500)
    expect(setup.room.mine('ship')!.hp).toBe(40)
    expect(setup.room.stats.corrections).toBe(0)
  })

  it('counts a correction once, however long it takes to fade', () => {
    const setup = flying()
    const ship = truth(setup)
    let ticks = 0
    setup.authority.onTick = () => {
      if (ticks++ === 0) ship.x += 20
      else ship.hp = 100 - Math.min(50, ticks)
    }
    setup.run(500)
    expect(setup.room.stats.corrections).toBe(1)
  })

  it('jumps when it is teleported, as predicted and without a correction', () => {
    const setup = flying()
    setup.room.press('blink')
    const trace = watch(setup, 500, () => setup.room.mine('ship')!.x)
    expect(trace.every((x) => x === 500 || x === 523)).toBe(true)
    expect(trace.at(-1)).toBe(523)
    expect(setup.room.stats.corrections).toBe(0)
  })

  it('jumps when the server teleports it', () => {
    const setup = flying()
    const ship = truth(setup)
    setup.authority.onTick = () => {
      ship.x = 530
      setup.authority.teleport(ship)
      setup.authority.onTick = () => undefined
    }
    expect(new Set(watch(setup, 500, () => setup.room.mine('ship')!.x))).toEqual(new Set([500, 530]))
  })

  it('is predicted in its lists and texts too', () => {
    const setup = flying()
    setup.room.press('load')
    const seen = watch(setup, 400, () => setup.room.mine('ship')!.cargo.length)
    expect(seen[1]).toBe(1)
    expect(seen.at(-1)).toBe(1)
    expect(setup.room.mine('ship')!.cargo).toEqual(truth(setup).cargo)
    expect(setup.room.stats.corrections).toBe(0)
  })

  it('comes back after a respawn, in the present at once, and that is no correction', () => {
    const setup = flying()
    const old = setup.room.mine('ship')!
    setup.authority.onTick = () => {
      setup.authority.despawn(truth(setup))
      setup.authority.onTick = () => undefined
    }
    setup.run(500)
    expect(setup.room.mine('ship')).toBeUndefined()
    setup.sample = () => ({ thrust: true })
    setup.authority.onTick = () => {
      setup.authority.spawn('ship', { x: 100, y: 100, hp: 100 }, { owner: SEAT })
      setup.authority.onTick = () => undefined
    }
    const seen = watch(setup, 300, () => setup.room.mine('ship'))
    const first = seen.find((ship) => ship !== undefined)!
    expect(first).not.toBe(old)
    expect(setup.room.mine('ship')).toBe(first)
    expect(first.x).toBeGreaterThan(100)
    expect(setup.room.stats.corrections).toBe(0)
  })

  it('changes hands without leaving the picture', () => {
    const setup = flying()
    const view = setup.room.mine('ship')!
    const ship = truth(setup)
    setup.authority.addPlayer(1)
    setup.authority.onTick = () => void (ship.owner = 1)
    const seen = watch(setup, 500, () => [...setup.room.view('ship')].map((one) => one as object))
    expect(seen.every(([one]) => one === view)).toBe(true)
    expect(view).toMatchObject({ mine: false, owner: 1, heat: undefined })
    setup.authority.onTick = () => void (ship.owner = SEAT)
    expect(watch(setup, 500, () => views(setup, 'ship')[0]).every((one) => one === view)).toBe(true)
    expect(setup.room.mine('ship')).toBe(view)
  })
})

describe('a predicted spawn', () => {
  it('is there at once, and keeps its view when it becomes the server’s', () => {
    const setup = flying()
    setup.room.press('fire')
    const seen = watch(setup, 400, () => views(setup, 'bullet'))
    const [first] = seen.find((bullets) => bullets.length > 0)!
    expect(seen.findIndex((bullets) => bullets.length > 0)).toBeLessThan(2)
    for (const bullets of seen.slice(2)) expect(bullets).toEqual([first])
    expect(seen.at(-1)![0]).toBe(first)
    expect(first!.id).toBe([...setup.authority.all('bullet')][0]!.id)
    expect(setup.room.stats.corrections).toBe(0)
  })

  it('has a negative id until the server’s comes', () => {
    const setup = flying()
    setup.room.press('fire')
    const ids = watch(setup, 300, () => views(setup, 'bullet')[0]?.id).filter((id) => id !== undefined)
    expect(ids[0]).toBeLessThan(0)
    expect(ids.at(-1)).toBeGreaterThanOrEqual(0)
  })

  it('keeps its sprite: it enters once and leaves once', () => {
    const setup = flying()
    const log: string[] = []
    setup.room.draw('bullet', { enter: () => log.push('enter'), leave: () => log.push('leave') })
    setup.room.press('fire')
    setup.run(1500)
    expect(log).toEqual(['enter', 'leave'])
  })

  it('goes when the server did not make it', () => {
    const setup = flying()
    setup.room.press('fire')
    setup.authority.onTick = () => {
      for (const bullet of setup.authority.all('bullet')) setup.authority.despawn(bullet)
    }
    const counts = watch(setup, 400, () => views(setup, 'bullet').length)
    expect(counts[1]).toBe(1)
    expect(counts.at(-1)).toBe(0)
    expect(setup.room.stats.corrections).toBe(1)
  })

  it('survives a replay of the tick that made it, with the same view', () => {
    const setup = flying()
    const ship = truth(setup)
    setup.room.press('fire')
    setup.run(2 * FRAME_MS)
    const view = views(setup, 'bullet')[0]
    expect(view).toBeDefined()
    // A correction of a tick before the shot, which arrives while the shot is on its way.
    ship.vy = 3
    const seen = watch(setup, 300, () => views(setup, 'bullet'))
    expect(setup.room.stats.corrections).toBeGreaterThan(0)
    expect(seen.every((bullets) => bullets.length === 1 && bullets[0] === view)).toBe(true)
  })
})

describe('a predicted despawn', () => {
  it('hides an entity at once, and for good when the server agrees', () => {
    const setup = flying()
    setup.room.press('fire')
    // Bullets live for 30 ticks.
    const counts = watch(setup, 1000, () => views(setup, 'bullet').length)
    const [first, last] = [counts.indexOf(1), counts.lastIndexOf(1)]
    expect(last - first).toBeGreaterThan(27)
    expect(last - first).toBeLessThan(32)
    expect(counts.slice(first, last).every((count) => count === 1)).toBe(true)
    expect(setup.room.stats.corrections).toBe(0)
  })

  it('of something that others simulate hides it until the server has run that tick too', () => {
    const setup = flying()
    setup.authority.onTick = () => {
      setup.authority.spawn('rock', { x: 560, y: 500, size: 3 })
      setup.authority.onTick = () => undefined
    }
    setup.run(500)
    expect(views(setup, 'rock')).toHaveLength(1)
    setup.room.press('fire')
    const counts = watch(setup, 1000, () => views(setup, 'rock').length)
    const gone = counts.indexOf(0)
    // The bullet needs 40 units at 300 per second; the server runs that 100 ms later.
    expect(gone).toBeGreaterThan(5)
    expect(gone).toBeLessThan(12)
    expect(counts.slice(gone).every((count) => count === 0)).toBe(true)
  })

  it('that the server does not share is undone', () => {
    const setup = flying()
    setup.authority.onTick = () => {
      const rocks = [...setup.authority.all('rock')]
      if (rocks.length === 0) setup.authority.spawn('rock', { x: 560, y: 500, size: 3 })
    }
    setup.run(500)
    const id = views(setup, 'rock')[0]!.id
    // The server finds that the bullet missed.
    setup.authority.kept.add(id)
    setup.room.press('fire')
    const counts = watch(setup, 1000, () => views(setup, 'rock').length)
    expect(counts).toContain(0)
    expect(counts.at(-1)).toBe(1)
    expect(views(setup, 'rock')[0]!.id).toBe(id)
  })
})

describe('a replay', () => {
  it('runs with isReplay, and only the ticks behind the snapshot', () => {
    const ticks: { tick: number; isReplay: boolean }[] = []
    const game = {
      ...flyer,
      simulate: (world: Parameters<typeof flyer.simulate>[0]) => {
        if (!world.authority) ticks.push({ tick: world.tick, isReplay: world.isReplay })
        flyer.simulate(world)
      },
    }
    const setup = new RoomSetup<Flyer>(game, WAY, (world) => {
      world.spawn('ship', { x: 500, y: 500 }, { owner: SEAT })
    })
    setup.run(1000)
    ticks.length = 0
    truth(setup).x += 1
    setup.run(300)
    const replayed = ticks.filter(({ isReplay }) => isReplay).map(({ tick }) => tick)
    expect(replayed.length).toBeGreaterThan(5)
    expect(replayed.length).toBeLessThan(20)
    const first = ticks.filter(({ isReplay }) => !isReplay).map(({ tick }) => tick)
    expect(new Set(first).size).toBe(first.length)
  })

  it('is bounded: beyond 64 ticks the server’s state is taken as it is, and the picture slides there', () => {
    let steps = 0
    const game = {
      ...flyer,
      simulate: (world: Parameters<typeof flyer.simulate>[0]) => {
        if (!world.authority) steps++
        flyer.simulate(world)
      },
    }
    const setup = new RoomSetup<Flyer>(game, { upMs: () => 700, downMs: () => 700 }, (world) => {
      world.spawn('ship', { x: 500, y: 500 }, { owner: SEAT })
    })
    setup.run(5000)
    truth(setup).x += 30
    steps = 0
    const trace = watch(setup, 2000, () => setup.room.mine('ship')!.x)
    expect(steps).toBeLessThan(130 + 64)
    expect(trace.at(-1)).toBeCloseTo(530, 0)
    const jumps = trace.slice(1).map((x, i) => Math.abs(x - trace[i]!))
    expect(Math.max(...jumps)).toBeLessThan(5)
    expect(setup.room.mine('ship')!.x).toBeCloseTo(530, 0)
    expect(setup.reports).toEqual([])
  })
})

describe('a simulation that throws on this client', () => {
  it('is reported once, and the rest of the room goes on', () => {
    let isBroken = false
    const game = {
      ...flyer,
      simulate: (world: Parameters<typeof flyer.simulate>[0]) => {
        if (isBroken && !world.authority) throw new Error('oops')
        flyer.simulate(world)
      },
    }
    const setup = new RoomSetup<Flyer>(game, WAY, (world) => {
      world.spawn('ship', { x: 500, y: 500, vx: 60 }, { owner: SEAT })
    })
    setup.run(1000)
    isBroken = true
    setup.run(1000)
    expect(setup.reports).toHaveLength(1)
    expect(setup.reports[0]!.message).toMatch(/the simulation threw on this client/)
    isBroken = false
    setup.run(1000)
    expect(Math.abs(setup.room.mine('ship')!.x - truth(setup).x)).toBeLessThan(20)
  })
})
