import { DecodeError } from '@tickwire/protocol'
import { BitReader } from '@tickwire/protocol/internal'
import { describe, expect, it } from 'vitest'
import { flyer } from './flyer.ts'
import type { Flyer } from './flyer.ts'
import { RoomSetup, SEAT } from './room-setup.ts'
import type { Network } from './room-setup.ts'

const WAY: Partial<Network> = { upMs: () => 40, downMs: () => 40 }
const OVER = { code: 4004, name: 'kicked', meaning: 'the server took the seat away', retry: false }

function flying(network: Partial<Network> = WAY, game = flyer): RoomSetup<Flyer> {
  return new RoomSetup<Flyer>(game, network, (world) => {
    world.addPlayer(1, { name: 'Bob', score: 3, purse: 5 })
    Object.assign(world.state, { phase: 'playing' })
    world.spawn('ship', { x: 500, y: 500, hp: 100 }, { owner: SEAT })
    world.spawn('ship', { x: 200, y: 200, hp: 80, heat: 9 }, { owner: 1 })
    world.spawn('rock', { x: 300, y: 300, size: 4, secret: 7 })
  })
}

describe('joining', () => {
  it('resolves with the first snapshot, and the world is there before any frame', async () => {
    const setup = flying()
    setup.draws = false
    let isReady = false
    void setup.opened.ready.then(() => (isReady = true))
    await Promise.resolve()
    expect(isReady).toBe(false)
    setup.run(100)
    await setup.opened.ready
    const { room } = setup
    expect(room.mine('ship')).toMatchObject({ x: 500, y: 500, hp: 100, owner: SEAT, mine: true })
    expect([...room.view('ship')].find(({ mine }) => !mine)).toMatchObject({ x: 200, hp: 80, owner: 1 })
    expect([...room.view('rock')]).toMatchObject([{ x: 300, size: 4 }])
    expect(room).toMatchObject({ id: 'r1', seat: SEAT, state: { phase: 'playing' } })
    expect(room.tick).toBeGreaterThan(0)
  })

  it('shows players and their fields, and of others not what is for them alone', () => {
    const setup = flying()
    setup.run(200)
    const { players } = setup.room
    expect([...players.keys()]).toEqual([SEAT, 1])
    expect(players.get(1)).toMatchObject({ id: 1, name: 'Bob', score: 3, mine: false, connected: true })
    expect(players.get(1)!.purse).toBeUndefined()
    expect(players.get(SEAT)).toMatchObject({ mine: true, purse: 0 })
    expect([...setup.room.view('ship')].find(({ mine }) => !mine)!.heat).toBeUndefined()
    expect([...setup.room.view('rock')][0]!.secret).toBeUndefined()
    const kept = players.get(1)
    setup.authority.removePlayer(1)
    setup.run(200)
    expect(players.has(1)).toBe(false)
    expect(() => ((kept as { score: number }).score = 9)).toThrow(/player\.score is read-only/)
  })

  it('fails when the seat is taken away before the first snapshot', async () => {
    const setup = flying()
    setup.opened.ended(OVER)
    await expect(setup.opened.ready).rejects.toMatchObject({ code: 'kicked' })
    await expect(setup.room.left).resolves.toEqual(OVER)
  })
})

describe('a snapshot', () => {
  it('[SNP2] that breaks anywhere leaves nothing of it behind', () => {
    const setup = flying()
    setup.run(200)
    const { x } = setup.room.mine('ship')!
    setup.isQuiet = true
    setup.run(200)
    for (const ship of setup.authority.all('ship')) ship.x = 100
    setup.authority.step()
    while (setup.authority.tick % 3 !== 0) setup.authority.step()
    const bytes = setup.authority.snapshot(SEAT)
    const { tick } = setup.room
    for (let length = 1; length < bytes.length; length++) {
      expect(() => setup.receive(bytes.slice(0, length))).toThrow(DecodeError)
    }
    expect(() => setup.receive(Uint8Array.of(...bytes, 1))).toThrow(DecodeError)
    expect(setup.room.tick).toBe(tick)
    expect(setup.room.mine('ship')!.x).toBe(x)
    setup.receive(bytes)
    expect(setup.room.tick).toBeGreaterThan(tick)
    setup.run(1000)
    expect(setup.room.mine('ship')!.x).toBe(100)
  })

  it('that is not newer than the last one is an error', () => {
    const setup = flying()
    setup.run(200)
    setup.isQuiet = true
    setup.run(200)
    while (setup.authority.tick % 3 !== 0) setup.authority.step()
    const bytes = setup.authority.snapshot(SEAT)
    setup.receive(bytes)
    expect(() => setup.receive(bytes)).toThrow(/expected a newer one/)
  })

  it('[INP5] is acknowledged by the inputs that follow', () => {
    const setup = flying()
    setup.run(1000)
    const { acked16 } = setup.link.inputs.at(-1)!
    expect(acked16).toBeGreaterThan(10)
    expect(setup.link.acks.length).toBeLessThan(3)
  })

  it('is acknowledged by itself while the page draws no frames', () => {
    const setup = flying()
    setup.run(1000)
    setup.draws = false
    const before = setup.link.acks.length
    setup.run(1000)
    expect(setup.link.acks.length - before).toBeGreaterThan(17)
    expect(setup.link.acks.at(-1)).toBeGreaterThan(30)
  })
})

describe('inputs', () => {
  it('leave in packets of two ticks, each tick once', () => {
    const setup = flying()
    setup.run(3000)
    const ticks = setup.link.inputs.flatMap(({ inputs }) => inputs.map(({ tick }) => tick))
    expect(ticks.every((tick, i) => i === 0 || tick === ticks[i - 1]! + 1)).toBe(true)
    const sizes = setup.link.inputs.map(({ inputs }) => inputs.length)
    expect(sizes.filter((size) => size === 2).length).toBeGreaterThan(sizes.length * 0.9)
    expect(setup.room.stats.starvedTicks).toBe(0)
  })

  it('carry what was on screen: never newer than the newest snapshot, never running back', () => {
    const setup = flying()
    setup.run(3000)
    const inputs = setup.link.inputs.flatMap((packet) => packet.inputs)
    const stamps = inputs.map(({ viewStamp }) => viewStamp).filter((stamp) => stamp >= 0)
    expect(stamps.length).toBeGreaterThan(150)
    expect(stamps.every((stamp, i) => i === 0 || stamp >= stamps[i - 1]!)).toBe(true)
    // Way up and lead, way down, the delay of the picture: about 4 + 2.4 + 2.4 + 6 ticks.
    const lag = inputs.at(-1)!.tick - inputs.at(-1)!.viewStamp / 16
    expect(lag).toBeGreaterThan(9)
    expect(lag).toBeLessThan(20)
    expect(inputs.at(-1)!.viewStamp / 16).toBeLessThanOrEqual(setup.room.tick)
  })

  it('of a sample that throws, or that does not fit, are neutral; it is reported once', () => {
    const setup = flying()
    setup.run(500)
    setup.sample = () => {
      throw new Error('keyboard on fire')
    }
    setup.run(200)
    setup.sample = () => ({ turn: Number.NaN })
    setup.run(200)
    expect(setup.reports.map(({ message }) => message)).toEqual([
      'room.advance(sample): sample threw; the neutral input was taken',
      'room.advance(sample): the sample does not fit the input of the schema',
    ])
    expect(setup.room.stats.starvedTicks).toBe(0)
  })
})

describe('a clean link', () => {
  it.each([0, 80, 300])('needs no correction of random flight at %i ms of round trip', (rttMs) => {
    const setup = flying({ upMs: () => rttMs / 2, downMs: () => rttMs / 2 })
    let frame = 0
    setup.sample = () => {
      frame++
      if (frame % 37 === 0) setup.room.press('fire')
      if (frame % 211 === 0) setup.room.press('blink')
      if (frame % 97 === 0) setup.room.press('load')
      return { thrust: frame % 90 < 10, turn: ((frame >> 6) % 3) - 1 }
    }
    setup.run(30_000)
    expect(setup.reports).toEqual([])
    // Hitting the rock depends on where it is drawn; nothing else may differ.
    expect(setup.room.stats).toMatchObject({ corrections: 0, starvedTicks: 0 })
  })

  it('lets 0.5 units per second move 5 units in 10 s', () => {
    const setup = flying()
    for (const ship of setup.authority.all('ship')) if (ship.owner === SEAT) ship.vx = 0.5
    setup.run(1000)
    const { x } = setup.room.mine('ship')!
    setup.run(10_000)
    expect(setup.room.mine('ship')!.x - x).toBeCloseTo(5, 1)
    expect(setup.room.stats.corrections).toBe(0)
  })
})

describe('a bad link', () => {
  it('with 30 ms of jitter at 150 ms: nearly no tick starves, nothing is corrected', () => {
    let n = 0
    const jitter = (): number => 75 + ((n++ * 7919) % 31)
    const setup = flying({ upMs: jitter, downMs: jitter })
    setup.run(3000)
    const before = setup.room.stats
    setup.sample = () => ({ thrust: true, turn: 1 })
    setup.run(20_000)
    const { starvedTicks, corrections, slackTicks } = setup.room.stats
    expect(starvedTicks - before.starvedTicks).toBeLessThan(12)
    expect(corrections - before.corrections).toBeLessThan(3)
    expect(slackTicks).toBeLessThan(4)
  })

  it('that stalls for 300 ms is back to its steady state within two seconds', () => {
    const setup = flying()
    setup.run(5000)
    const before = setup.room.stats
    setup.stalledUntilMs = setup.clock.nowMs() + 300
    setup.run(2300)
    const after = setup.room.stats
    expect(after.leadTicks - before.leadTicks).toBeLessThanOrEqual(2)
    setup.run(2000)
    expect(setup.room.stats.starvedTicks).toBe(after.starvedTicks)
  })

  it('hidden for a minute, then shown: the picture is in the present with the next frame, inputs within 300 ms', () => {
    const setup = flying()
    for (const ship of setup.authority.all('ship')) if (ship.owner === 1) Object.assign(ship, { vx: 10 })
    setup.run(2000)
    setup.draws = false
    setup.run(60_000)
    setup.draws = true
    const other = [...setup.room.view('ship')].find(({ mine }) => !mine)!
    setup.run(34)
    expect(Math.abs(other.x - [...setup.authority.all('ship')][1]!.x)).toBeLessThan(3)
    const { starvedTicks } = setup.room.stats
    setup.run(300)
    const soon = setup.room.stats.starvedTicks
    setup.run(1000)
    expect(setup.room.stats.starvedTicks).toBe(soon)
    expect(soon).toBeGreaterThan(starvedTicks)
  })
})

describe('a gap', () => {
  const RESUMING = { phase: 'resuming', attempt: 1, retryInMs: 100, reason: OVER } as const

  function drop(setup: RoomSetup<Flyer>): void {
    setup.link.show(RESUMING)
    setup.isQuiet = true
  }

  it('lets the own entities move on for a second, then they hold', () => {
    const setup = flying()
    for (const ship of setup.authority.all('ship')) if (ship.owner === SEAT) ship.vx = 20
    setup.run(1000)
    drop(setup)
    const { x } = setup.room.mine('ship')!
    setup.run(900)
    expect(setup.room.mine('ship')!.x - x).toBeGreaterThan(15)
    setup.run(1000)
    const held = setup.room.mine('ship')!.x
    setup.run(1000)
    expect(setup.room.mine('ship')!.x).toBe(held)
  })

  it('ends with a resume: inputs name the present again, the claim says what is held', () => {
    const setup = flying()
    setup.run(1000)
    drop(setup)
    setup.run(5000)
    const { codec } = setup.link
    expect(setup.opened.seatClaim).toMatchObject({ epoch: 7, game: 'flyer', hashes: codec.hashes, channel: 0 })
    expect(setup.opened.seatClaim.heldSnapshot).toBeGreaterThan(10)
    setup.link.show({ phase: 'online' })
    setup.opened.resumed()
    setup.isQuiet = false
    const before = setup.link.inputs.length
    setup.run(100)
    const resumed = setup.link.inputs[before]!.inputs[0]!.tick
    expect(resumed - setup.authority.tick).toBeGreaterThan(-5)
    expect(resumed - setup.authority.tick).toBeLessThan(10)
    setup.run(1000)
    expect(Math.abs(setup.room.mine('ship')!.x - 500)).toBeLessThan(1)
  })

  it('claims nothing before the first snapshot', () => {
    expect(flying().opened.seatClaim.heldSnapshot).toBe(-1)
  })

  it('is told to whoever listens to the connection', () => {
    const setup = flying()
    const phases: string[] = []
    setup.room.onConnection(({ phase }) => phases.push(phase))
    setup.link.show(RESUMING)
    setup.link.show({ phase: 'online' })
    expect(phases).toEqual(['resuming', 'online'])
    expect(setup.room.connection.phase).toBe('online')
  })
})

describe('room.stats', () => {
  it('gives numbers with units', () => {
    const setup = flying()
    setup.link.bytesInPerSecond = 4000
    setup.link.resumes = 2
    setup.run(3000)
    const stats = setup.room.stats
    expect(stats).toMatchObject({ rttMs: 80, jitterMs: 0, bytesInPerSecond: 4000, resumes: 2, corrections: 0 })
    expect(stats.slackTicks).toBeGreaterThan(0)
    expect(stats.slackTicks).toBeLessThan(3)
    expect(stats.leadTicks).toBeGreaterThan(5)
    expect(stats.leadTicks).toBeLessThan(14)
    expect(stats.snapshotAgeMs).toBeLessThan(60)
    expect(stats.interpolationDelayMs).toBeCloseTo(102, 0)
  })
})

describe('bytes that are no snapshot', () => {
  it('end in a DecodeError, whatever they are', () => {
    const setup = flying()
    setup.run(500)
    setup.isQuiet = true
    setup.run(100)
    const bytes = new Uint8Array(24)
    let refused = 0
    for (let seed = 1; seed < 2000; seed++) {
      for (let i = 0; i < bytes.length; i++) bytes[i] = Math.imul(seed * 31 + i, 0x9e3779b1) >>> 24
      try {
        setup.opened.receiveSnapshot(new BitReader(bytes), setup.clock.nowMs())
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError)
        refused++
      }
    }
    expect(refused).toBeGreaterThan(1900)
  })
})
