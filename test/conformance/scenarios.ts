/** What the corpus is made of: short plays of real clients on real servers, each from a fixed seed. */
import { defineGame, defineSimulation, field } from '@tickwire/protocol'
import type { GameTypes } from '@tickwire/protocol'
import type { JoinedRoom } from '@tickwire/sdk'
import { MemoryNames } from '../../server/src/directory/names.ts'
import type { Directory } from '@tickwire/server'
import { arena, arenaSchema } from '../games/arena/arena.ts'
import type { Arena } from '../games/arena/arena.ts'
import { arenaRoom } from '../games/arena/room.ts'
import { cards, cardsSchema, HAND_CARDS } from '../games/cards/cards.ts'
import type { Cards } from '../games/cards/cards.ts'
import { cardsRoom } from '../games/cards/room.ts'
import { cells, cellsSchema } from '../games/cells/cells.ts'
import type { Cells } from '../games/cells/cells.ts'
import { cellsRoom } from '../games/cells/room.ts'
import { flock, flockRoom, flockSchema } from './flock.ts'
import type { Flock } from './flock.ts'
import { hunt } from '../games/pilots.ts'
import { createStepper } from 'tickwire/testing'
import type { Stepper, StepperClient, StepperOptions } from 'tickwire/testing'
import { Recorder } from './recorder.ts'
import type { Recording } from './recorder.ts'
import { swarm, swarmRoom, swarmSchema } from './swarm.ts'
import type { Swarm } from './swarm.ts'
import { zoo, zooRoom, zooSchema } from './zoo.ts'
import type { Zoo } from './zoo.ts'

/** Runs a play and closes its stepper, whose last words are not recorded. */
async function play<G extends GameTypes>(
  options: StepperOptions,
  run: (stepper: Stepper<G>) => Promise<Recording[]>,
): Promise<Recording[]> {
  const stepper = createStepper<G>(options)
  const recordings = await run(stepper)
  for (const client of stepper.clients) client.onSend = client.onReceive = null
  await stepper.close()
  return recordings
}

const refused = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error)

/** Two ships: a kill, chat, requests, a stall that skips snapshots, a cut, a reload and a goodbye. */
function duel(): Promise<Recording[]> {
  return play<Arena>({ rooms: [arenaRoom], impair: { latencyMs: 30, jitterMs: 10 }, seed: 3 }, async (stepper) => {
    const [first, second] = [stepper.addClient(), stepper.addClient()]
    const [hunter, victim] = [new Recorder([arenaSchema]), new Recorder([arenaSchema])]
    hunter.listen(first)
    victim.listen(second)
    const ada = await stepper.join(arena, { name: 'Ada' })
    const bob = await stepper.join(arena, { name: 'Bob' })
    const input = (room: JoinedRoom<Arena>): Partial<Arena['input']> => (room === ada ? hunt(room) : { turn: 1 })
    ada.send('chat', { text: 'Grüße, 世界 🚀' })
    await stepper.run(1.4, { input })
    await stepper.until(refused(bob.request('refill', { kind: 'shield' })))
    victim.isOn = false
    await stepper.until(ada.request('refill', { kind: 'ammo' }))
    first.network.stall(600)
    await stepper.run(1, { input })
    first.network.cut()
    await stepper.run(0.7, { input })
    await reload(stepper, first, hunter)
    return [
      { name: 'arena-hunter', games: ['arena'], frames: hunter.frames },
      { name: 'arena-victim', games: ['arena'], frames: victim.frames },
    ]
  })
}

/** The page of a client is loaded anew: its seat is claimed by what the storage kept. */
async function reload(stepper: Stepper<Arena>, old: StepperClient<Arena>, recorder: Recorder): Promise<void> {
  old.onSend = old.onReceive = null
  old.room = null
  old.network.cut()
  old.network.stall(Infinity)
  const page = stepper.addClient({ storage: old.storage })
  recorder.listen(page)
  const room = await stepper.until(page.client.resume(arena))
  page.room = room
  await stepper.run(0.3)
  await stepper.until(room!.leave())
}

/** A deal, some tricks, moves against the rules, and somebody who comes too late. */
function table(): Promise<Recording[]> {
  return play<Cards>({ rooms: [cardsRoom], impair: { latencyMs: 40 }, seed: 4 }, async (stepper) => {
    const [seated, late] = [new Recorder([cardsSchema]), new Recorder([cardsSchema])]
    seated.listen(stepper.addClient())
    const tables = [await stepper.join(cards, { name: 'P0' }), await stepper.join(cards, { name: 'P1' })]
    await stepper.until(tables[0]!.request('deal', {}))
    await stepper.until(refused(tables[0]!.request('play', { card: null })))
    for (const room of tables) {
      await stepper.runUntil(() => handOf(room).length === HAND_CARDS, 5)
      for (const card of handOf(room).slice(0, 2)) await stepper.until(refused(room.request('play', { card })))
    }
    const third = stepper.addClient()
    late.listen(third)
    await stepper.until(refused(third.client.joinById(cards, tables[0]!.id, { name: 'Late' })))
    await stepper.until(tables[1]!.leave())
    await stepper.until(third.client.joinById(cards, tables[0]!.id, { name: 'Late' }))
    await stepper.until(tables[0]!.request('deal', {}))
    await stepper.run(1)
    return [
      { name: 'cards-seated', games: ['cards'], frames: seated.frames },
      { name: 'cards-late', games: ['cards'], frames: late.frames },
    ]
  })
}

/** The cards of the own hand that are to be seen. */
function handOf(room: JoinedRoom<Cards>): number[] {
  const mine = [...room.view('card')].filter(({ owner, face }) => owner === room.seat && face !== undefined)
  return mine.map(({ id }) => id)
}

/** A cell that grazes: pellets enter and leave its view, with anchors from before. */
function dish(): Promise<Recording[]> {
  return play<Cells>({ rooms: [cellsRoom], impair: { latencyMs: 50 }, seed: 5 }, async (stepper) => {
    const recorder = new Recorder([cellsSchema])
    recorder.listen(stepper.addClient())
    await stepper.join(cells, { name: 'Ada' })
    await stepper.join(cells, { name: 'Bob' })
    await stepper.run(0.9, { frameHz: 30, input: () => ({ x: 0.75, y: -0.5 }) })
    return [{ name: 'cells', games: ['cells'], frames: recorder.frames }]
  })
}

const everything: Zoo['messages']['all']['toServer'] = {
  flag: true,
  count: 1000,
  depth: -(2 ** 31),
  x: -3.07,
  at: { x: -99.99, y: 0.01 },
  place: { x: -10, y: 0, z: 9.98 },
  angle: -3,
  heat: -1.5e-30,
  mood: 'gone',
  since: 0xffff_ffff,
  who: 1022,
  what: null,
  word: 'zoë 🚀',
  raw: Uint8Array.of(0, 255, 7),
  words: ['', 'ab'],
  seats: [null, 0, 1022],
}

/** Every kind of field in every place, calls of every kind, a join that is refused, and a player who is sent away. */
function menagerie(): Promise<Recording[]> {
  return play<Zoo>({ rooms: [zooRoom], impair: { latencyMs: 40 }, seed: 6 }, async (stepper) => {
    const recorder = new Recorder([zooSchema])
    const client = stepper.addClient({ ticket: 'a ticket' })
    recorder.listen(client)
    const tune = { title: 'la', notes: [1, 2.5, -3] }
    const first = refused(client.client.create(zoo, { name: 'nobody', tune }))
    await packerLoaded(stepper)
    await stepper.until(first)
    const second = stepper.join(zoo, { name: 'Ada', tune }, { client, key: 'cage' })
    await packerLoaded(stepper)
    const room = await second
    room.send('all', everything)
    room.send('all', { ...everything, word: 'newest' }, { delivery: 'latest' })
    room.send('tune', { tune })
    await stepper.until(room.request('count', { words: ['a', 'bb', ''] }))
    const abort = new AbortController()
    const never = refused(room.request('never', {}, { signal: abort.signal }))
    await stepper.run(0.6, { input: wander, each: jumpAtTimes })
    // Whoever is away from a link that was free is told of what the ring still holds by catch-ups, of the rest in full.
    client.network.cut()
    client.network.stall(800)
    await stepper.run(1.6, { input: wander, each: jumpAtTimes })
    await stepper.sleep(0.2)
    abort.abort(new Error('enough'))
    await stepper.until(never)
    room.send('quit', {})
    await stepper.until(room.left)
    return [{ name: 'zoo', games: ['zoo'], frames: recorder.frames }]
  })
}

/**
 * A client fetches msgpackr when a game needs it, in real time; simulated time must not pass meanwhile, or no two
 * recordings would be the same. Modules are fetched in order: when ours is here, so is the client's.
 */
async function packerLoaded(stepper: Stepper<Zoo>): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await stepper.settle()
    await import('msgpackr')
  }
}

function wander(room: JoinedRoom<Zoo>): Partial<Zoo['input']> {
  const phase = Math.floor(room.tick / 20) % 4
  return {
    push: phase / 4 - 0.5,
    aim: phase,
    level: 3 + phase * 60,
    target: phase === 1 ? 65_537 : null,
    brake: phase === 2,
  }
}

function jumpAtTimes(room: JoinedRoom<Zoo>): void {
  if (Math.floor(room.tick) % 50 === 0) room.press('jump')
}

/** Coded bodies: a table, what is told by it, and somebody who comes later. */
function flight(): Promise<Recording[]> {
  return play<Flock>({ rooms: [flockRoom], impair: { latencyMs: 30, jitterMs: 20 }, seed: 9 }, async (stepper) => {
    const recorder = new Recorder([flockSchema])
    recorder.listen(stepper.addClient())
    await stepper.join(flock, {})
    await stepper.run(1)
    await stepper.join(flock, {})
    await stepper.run(2)
    return [{ name: 'flock', games: ['flock'], frames: recorder.frames }]
  })
}

/** A page from before an edit of the game. */
function mismatch(): Promise<Recording[]> {
  return play<Arena>({ rooms: [arenaRoom], seed: 7 }, async (stepper) => {
    const { join, input, messages, requests, events, entities, state, tickRateHz, snapshotRateHz } = arenaSchema
    const player = { ...arenaSchema.player, score: field.uint({ max: 50 }) }
    const rest = { join, input, messages, requests, events, entities, state, tickRateHz, snapshotRateHz }
    const edited = defineSimulation(defineGame({ name: 'arena', player, ...rest }), () => {})
    const recorder = new Recorder([arenaSchema])
    const client = stepper.addClient()
    recorder.listen(client)
    await stepper.until(refused(client.client.joinOrCreate(edited, { name: 'Old' })))
    return [{ name: 'schema-mismatch', games: ['arena'], frames: recorder.frames }]
  })
}

/** A directory that sends everybody away. */
const ELSEWHERE: Directory = {
  names: new MemoryNames(),
  reserve: async () => ({ kind: 'redirect', url: 'ws://elsewhere.test/tickwire', reservation: 'r-1', seats: ['r-1'] }),
  confirm: async () => {},
  release: async () => {},
  register: async () => {},
  report: async () => {},
  unregister: async () => {},
  list: async () => ({ rooms: [], cursor: '', total: 0 }),
  watch: async () => ({ close: () => {} }),
}

function redirected(): Promise<Recording[]> {
  return play<Arena>({ rooms: [arenaRoom], directory: ELSEWHERE, seed: 8 }, async (stepper) => {
    const recorder = new Recorder([arenaSchema])
    const client = stepper.addClient()
    recorder.listen(client)
    void refused(client.client.joinOrCreate(arena, { name: 'Ada' }))
    await stepper.run(1)
    return [{ name: 'redirect', games: ['arena'], frames: recorder.frames }]
  })
}

/** A server that stops and says when to come back. */
function farewell(): Promise<Recording[]> {
  return play<Arena>({ rooms: [arenaRoom], seed: 10 }, async (stepper) => {
    const recorder = new Recorder([arenaSchema])
    recorder.listen(stepper.addClient())
    await stepper.join(arena, { name: 'Ada' })
    await stepper.stopServers()
    return [{ name: 'going-away', games: ['arena'], frames: recorder.frames }]
  })
}

/** Snapshots that are lost now and then: each leads on from one that came, and events are told until they were heard. */
function lossy(): Promise<Recording[]> {
  const impair = { latencyMs: 30, lossPercent: 20 }
  return play<Arena>({ rooms: [arenaRoom], seam: 'datagram', impair, seed: 11 }, async (stepper) => {
    const recorder = new Recorder([arenaSchema])
    const client = stepper.addClient()
    recorder.listen(client)
    const ada = await stepper.join(arena, { name: 'Ada' })
    await stepper.join(arena, { name: 'Bob' })
    const input = (room: JoinedRoom<Arena>): Partial<Arena['input']> => (room === ada ? hunt(room) : { turn: 1 })
    await stepper.run(1.5, { input })
    client.network.cut()
    await stepper.run(1, { input })
    return [{ name: 'arena-lossy', games: ['arena'], frames: recorder.frames }]
  })
}

/** A budget for a third of what there is to tell, and a view that moves; somebody else turns, too. */
function crowd(): Promise<Recording[]> {
  return play<Swarm>({ rooms: [swarmRoom], impair: { latencyMs: 90 }, seed: 12 }, async (stepper) => {
    const recorder = new Recorder([swarmSchema])
    const client = stepper.addClient()
    recorder.listen(client)
    await stepper.join(swarm, {})
    await stepper.run(2)
    // Which anchors came of what was under way nobody knows: such entities are told whole.
    client.network.cut()
    await stepper.run(1.2)
    return [{ name: 'swarm', games: ['swarm'], frames: recorder.frames }]
  })
}

export async function recordAll(): Promise<Recording[]> {
  const all: Recording[] = []
  for (const scenario of [duel, table, dish, menagerie, flight, mismatch, redirected, farewell, lossy, crowd])
    all.push(...(await scenario()))
  return all
}
