import { defineGame, defineSimulation, entity, field } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'
import { defineRoom } from '@tickwire/server'
import type { LeaveReason, Room, RoomType } from '@tickwire/server'

const place = field.fixed({ min: -1024, max: 1024, precision: 1 / 32 })
const number = { n: field.uint({ max: 9_999_999 }) }

const schema = defineGame({
  name: 'faults',
  tickRateHz: 20,
  snapshotRateHz: 10,
  player: { series: field.uint({ max: 9999 }) },
  join: { series: field.uint({ max: 9999 }) },
  entities: {
    pawn: entity({ x: place, y: place }, { position: ['x', 'y'], predict: 'owner' }),
    stone: entity({ x: place, y: place, word: field.text({ maxBytes: 16 }) }, { position: ['x', 'y'] }),
  },
  input: { x: field.int({ min: -1, max: 1 }) },
  messages: {
    count: { toServer: number, toClient: number },
    news: { toClient: { text: field.text({ maxBytes: 1024 }) } },
  },
})

/** A slow, small game with numbered messages both ways: what is measured is the link under it. */
export interface Faults extends TypesOf<typeof schema> {}

export const faultsGame = defineSimulation<Faults>(schema, (world) => {
  for (const pawn of world.all('pawn')) pawn.x = Math.max(-1000, Math.min(1000, pawn.x + world.inputOf(pawn).x))
})

/** What the server saw. */
export interface Ledger {
  /** Numbers that arrived, by the series of who sent them. */
  readonly heard: Map<number, number[]>
  readonly left: [series: number, reason: LeaveReason][]
  room: Room<Faults> | null
  onTick: (() => void) | null
}

export const newLedger = (): Ledger => ({ heard: new Map(), left: [], room: null, onTick: null })

export function faultsRoom(ledger: Ledger, { maxPlayers = 32, resumeWindowMs = 30_000, stones = 0 } = {}): RoomType {
  return defineRoom(faultsGame, {
    maxPlayers,
    resumeWindowMs,
    onCreate(room) {
      ledger.room = room
      for (let i = 0; i < stones; i++) room.world.spawn('stone', { x: i % 900, y: i % 700, word: `stone ${i}` })
    },
    onJoin(room, player) {
      player.state.series = player.join.series
      room.world.spawn('pawn', { x: player.join.series, y: 0 }, { owner: player })
    },
    onLeave(_room, player, reason) {
      ledger.left.push([player.state.series, reason])
    },
    onTick() {
      ledger.onTick?.()
    },
    onDispose() {
      ledger.room = null
    },
    onMessage: {
      count(_room, player, { n }) {
        const { series } = player.state
        const heard = ledger.heard.get(series) ?? []
        ledger.heard.set(series, heard)
        heard.push(n)
      },
    },
  })
}
