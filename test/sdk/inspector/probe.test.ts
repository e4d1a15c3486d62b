import { defineGame, defineSimulation, entity, field } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'
import { BitReader } from '@tickwire/protocol/internal'
import { defineRoom } from '@tickwire/server'
import { createStepper } from 'tickwire/testing'
import type { Stepper } from 'tickwire/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { LiveRoom } from '../../../sdk/src/inspector/live-room.ts'
import { Readings } from '../../../sdk/src/inspector/readings.ts'
import { observedOf } from '../../../sdk/src/observer.ts'
import type { Observer } from '../../../sdk/src/observer.ts'
import { arena } from '../../games/arena/arena.ts'
import type { Arena } from '../../games/arena/arena.ts'
import { arenaRoom } from '../../games/arena/room.ts'
import { watch } from './watch.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

function stand(clients = 1): Stepper<Arena> {
  const stepper = createStepper<Arena>({ rooms: [arenaRoom], clients, impair: { latencyMs: 40, jitterMs: 30 } })
  open.push(stepper)
  return stepper
}

const flying = { input: ({ tick }: { tick: number }) => ({ thrust: true, turn: 1, fire: tick % 40 < 4 }) }

describe('the seam for observers', () => {
  it('has no observer unless one is set, and tells an observer nothing after it was taken away', async () => {
    const stepper = stand()
    const observed = observedOf(stepper.clients[0]!.client)
    expect(observed.observer).toBeNull()
    await stepper.join(arena, { name: 'Ada' })
    expect(observed.observer).toBeNull()
    const told: string[] = []
    const note = (what: string) => () => void told.push(what)
    const observer: Observer = {
      packetSent: note('sent'),
      packetReceived: note('received'),
      snapshotApplied: note('applied'),
      frameDrawn: note('drawn'),
    }
    observed.observer = observer
    await stepper.run(0.5, flying)
    expect(new Set(told)).toEqual(new Set(['sent', 'received', 'applied', 'drawn']))
    observed.observer = null
    told.length = 0
    await stepper.run(0.5, flying)
    expect(told).toEqual([])
  })

  it('tells of every packet that leaves and arrives, with its bytes', async () => {
    const stepper = stand()
    const client = stepper.clients[0]!
    const seen = { sent: 0, received: 0, told: 0, heard: 0 }
    client.onSend = ({ length }) => void (seen.sent += length)
    client.onReceive = ({ length }) => void (seen.received += length)
    observedOf(client.client).observer = {
      packetSent: ({ length }) => void (seen.told += length),
      packetReceived: ({ length }) => void (seen.heard += length),
      snapshotApplied: () => undefined,
      frameDrawn: () => undefined,
    }
    await stepper.join(arena, { name: 'Ada' })
    await stepper.run(2, flying)
    expect(seen.told).toBe(seen.sent)
    expect(seen.heard).toBe(seen.received)
    expect(seen.heard).toBeGreaterThan(500)
  })

  it('knows the room while it lasts, and what the network was told to be', async () => {
    const stepper = stand()
    const { client } = stepper.clients[0]!
    const observed = observedOf(client)
    expect(observed.room).toBeNull()
    const room = await stepper.join(arena, { name: 'Ada' })
    expect(observed.room?.parts.joined.roomId).toBe(room.id)
    client.impair({ latencyMs: 70 })
    expect(observed.impairment).toEqual({ latencyMs: 70 })
    await stepper.until(room.leave())
    expect(observed.room).toBeNull()
  })

  it('is refused to what is no client', () => {
    expect(() => observedOf({})).toThrow(/client: expected what createClient/)
  })
})

describe('a client that is watched', () => {
  it('holds, shows and reports the same as one that is not', async () => {
    const [plain, watched] = [stand(2), stand(2)]
    const probe = watch(watched.clients[0]!)
    const ends = await Promise.all(
      [plain, watched].map(async (stepper) => {
        const ada = await stepper.join(arena, { name: 'Ada' })
        await stepper.join(arena, { name: 'Bob' })
        await stepper.run(4, flying)
        const inside = observedOf(stepper.clients[0]!.client).room!
        const held = [...inside.replica.entities.values()].map(({ id, kind, anchors, blobs }) => {
          return { id, kind: kind.name, anchors, blobs }
        })
        return { held, stats: ada.stats, drawn: [...ada.view('ship')].map(({ x, y, angle }) => [x, y, angle]) }
      }),
    )
    expect(probe.probe.log.revision).toBeGreaterThan(100)
    expect(ends[1]).toEqual(ends[0])
    // Every snapshot was read beforehand, and none of them failed.
    const snapshots = probe.probe.log.since(0).flatMap(({ messages }) => messages)
    expect(snapshots.filter(({ type }) => type === 'undecodable')).toEqual([])
  })

  it('says of every bit of a snapshot what it was spent on', async () => {
    const stepper = stand()
    await stepper.join(arena, { name: 'Ada' })
    const observed = observedOf(stepper.clients[0]!.client)
    const spent = new Map<string, number>()
    const room = new LiveRoom(
      observed.room!,
      (kind, name, bits) => void spent.set(`${kind} ${name}`, (spent.get(`${kind} ${name}`) ?? 0) + bits),
      () => undefined,
    )
    let bits = 0
    observed.observer = {
      packetSent: () => undefined,
      packetReceived: (packet) => {
        // A snapshot alone in its packet, on channel 1, which takes 4 bits.
        if (packet[0] !== 3) return
        const reader = new BitReader(packet, 12)
        bits += reader.bitsLeft
        room.readSnapshot(reader)
        expect(reader.bitOffset).toBe(12)
      },
      snapshotApplied: () => undefined,
      frameDrawn: () => undefined,
    }
    await stepper.run(3, flying)
    expect(bits).toBeGreaterThan(1000)
    expect([...spent.values()].reduce((sum, one) => sum + one, 0)).toBe(bits)
    const names = [...spent.keys()]
    expect(names).toEqual(expect.arrayContaining(['ship vx', 'ship angle', 'ship ammo', 'bullet x', 'bullet diesAt']))
    expect(names).toEqual(expect.arrayContaining(['(snapshot) header', '(snapshot) removals', '(events) shot']))
    // Whatever has no name of its own here has one in the reader: a new one must be given a place.
    const known = new Set(['(address)', '(flags)', '(motion)', '(count)'])
    const fields = new Set([
      'owner',
      'jumps',
      ...Object.values(arena.schema.entities).flatMap((one) => Object.keys(one.fields)),
    ])
    for (const name of names.filter((one) => /^(ship|bullet) /.test(one))) {
      const part = name.slice(name.indexOf(' ') + 1)
      expect(known.has(part) || fields.has(part), name).toBe(true)
    }
  })

  it('reads a broken snapshot as broken, and leaves nothing of it behind', async () => {
    const stepper = stand()
    await stepper.join(arena, { name: 'Ada' })
    const { probe, observed } = watch(stepper.clients[0]!)
    await stepper.run(1, flying)
    const { replica } = observed.room!
    const held = structuredClone([...replica.entities.values()].map(({ id, anchors }) => ({ id, anchors })))
    const { sent } = probe.ticks
    probe.packetReceived(Uint8Array.of(3, 0x21, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff))
    expect(probe.log.since(probe.log.revision - 1)[0]!.messages[0]).toMatchObject({ type: 'undecodable' })
    expect([...replica.entities.values()].map(({ id, anchors }) => ({ id, anchors }))).toEqual(held)
    await stepper.run(1, flying)
    expect(observed.room).not.toBeNull()
    expect(probe.ticks.sent).toBeGreaterThan(sent)
  })

  it('shows its numbers, and the ticks that were sent, simulated, acknowledged and drawn', async () => {
    const stepper = stand()
    const room = await stepper.join(arena, { name: 'Ada' })
    const { probe, observed } = watch(stepper.clients[0]!)
    const readings = new Readings(probe)
    await stepper.run(5, { ...flying, each: () => readings.update(observed.clock.nowMs()) })
    expect(readings.series.get('rtt')!.newest).toBeCloseTo(room.stats.rttMs, 0)
    expect(readings.series.get('lead')!.range.most).toBeGreaterThan(4)
    expect(readings.received.get('snapshot')!.newest).toBeGreaterThan(20)
    expect(readings.sent.get('inputs')!.newest).toBeGreaterThan(20)
    const { ticks } = probe
    expect(ticks.sent).toBeLessThanOrEqual(ticks.simulated)
    expect(ticks.acknowledged).toBeLessThan(ticks.sent)
    expect(ticks.drawn).toBeLessThan(ticks.acknowledged)
    expect(ticks.hasSnapshot(ticks.acknowledged)).toBe(true)
    expect(ticks.packetAt(ticks.sent)).toBeGreaterThanOrEqual(0)
  })

  it('shows corrections with how far they moved the picture', async () => {
    const stepper = stand(2)
    const ada = await stepper.join(arena, { name: 'Ada' })
    const { probe, observed } = watch(stepper.clients[0]!)
    const readings = new Readings(probe)
    await stepper.run(1, flying)
    // Inputs that arrive too late are simulated otherwise than here.
    stepper.clients[0]!.network.stall(700)
    await stepper.run(4, { ...flying, each: () => readings.update(observed.clock.nowMs()) })
    expect(ada.stats.corrections).toBeGreaterThan(0)
    expect(readings.series.get('correction')!.range.most).toBeGreaterThan(0.01)
    expect(readings.series.get('starved')!.range.most).toBeGreaterThan(0)
  })
})

const place = field.fixed({ min: 0, max: 4096, precision: 1 / 16 })
const codedSchema = defineGame({
  name: 'coded',
  tickRateHz: 60,
  snapshotRateHz: 20,
  compression: 'entropy',
  entities: { boid: entity({ x: place, y: place }, { position: ['x', 'y'], trend: ['x', 'y'] }) },
})
const coded = defineSimulation<TypesOf<typeof codedSchema>>(codedSchema, () => undefined)
const codedRoom = defineRoom(coded, {
  maxPlayers: 4,
  onJoin: (room) => {
    for (let i = 0; i < 40; i++) room.world.spawn('boid', { x: 50 * i, y: 30 * i })
  },
  onTick: (room) => {
    for (const boid of room.world.all('boid')) boid.x = (boid.x + ((boid.id + room.tick) % 7)) % 4096
  },
})

describe('a game whose snapshots are coded by models', () => {
  it('has its bodies as one block', async () => {
    const stepper = createStepper<TypesOf<typeof codedSchema>>({ rooms: [codedRoom], clients: 1 })
    open.push(stepper)
    const { probe, observed } = watch(stepper.clients[0]!)
    await stepper.join(coded, {})
    await stepper.run(6)
    const kinds = probe.traffic.kindRates(observed.clock.nowMs())
    const body = kinds
      .find(({ kind }) => kind === '(snapshot)')!
      .fields.find(({ field: name }) => name === 'coded body')
    expect(body!.bytesPerSecond).toBeGreaterThan(100)
    expect(kinds.find(({ kind }) => kind === 'boid')).toBeUndefined()
    const messages = probe.log.since(0).flatMap((packet) => packet.messages)
    expect(messages.filter(({ type }) => type === 'undecodable')).toEqual([])
  })
})
