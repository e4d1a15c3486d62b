import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineRoom } from 'tickwire/server'
import type { Room } from 'tickwire/server'
import { garden } from './garden.ts'
import type { Garden } from './garden.ts'

/** What is worth keeping of a garden, and nothing else. */
interface Saved {
  readonly version: 1
  readonly flowers: readonly { readonly x: number; readonly y: number; readonly ripeInTicks: number }[]
  /** By user: seats are other people's next time. */
  readonly planted: readonly (readonly [userId: string, flowers: number])[]
}

interface Data {
  readonly planted: Map<string, number>
}

function toSaved(room: Room<Garden, Data>): Saved {
  const flowers = Array.from(room.world.all('flower'), ({ x, y, ripeAt }) => ({
    x,
    y,
    // A new room counts its ticks from 0 on: moments are kept as what is left until then.
    ripeInTicks: Math.max(0, ripeAt - room.tick),
  }))
  return { version: 1, flowers, planted: [...room.data.planted] }
}

function restore(room: Room<Garden, Data>, { flowers, planted }: Saved): void {
  for (const { x, y, ripeInTicks } of flowers) room.world.spawn('flower', { x, y, ripeAt: room.tick + ripeInTicks })
  for (const [userId, count] of planted) room.data.planted.set(userId, count)
}

const fileOf = (folder: string, { key }: Room<Garden, Data>): string | null =>
  key === null ? null : join(folder, `${encodeURIComponent(key)}.json`)

function save(folder: string, room: Room<Garden, Data>): void {
  const file = fileOf(folder, room)
  if (file === null) return
  // A crash while it is written leaves the old file whole.
  writeFileSync(`${file}.new`, JSON.stringify(toSaved(room)))
  renameSync(`${file}.new`, file)
}

const isKnown = (saved: { readonly version: number }): saved is Saved => saved.version === 1

function load(folder: string, room: Room<Garden, Data>): void {
  const file = fileOf(folder, room)
  if (file === null || !existsSync(file)) return
  const saved = JSON.parse(readFileSync(file, 'utf8')) as Saved | { readonly version: number }
  // A server that is older than the file would lose what it does not know.
  if (!isKnown(saved)) throw new Error(`${file} is of version ${saved.version}`)
  restore(room, saved)
}

const AUTOSAVE_SECONDS = 30
const RIPE_SECONDS = 60

export function gardenRoom(folder: string) {
  return defineRoom(garden, {
    data: (): Data => ({ planted: new Map() }),
    onCreate(room) {
      load(folder, room)
      const autosave = (): void => {
        save(folder, room)
        room.after(AUTOSAVE_SECONDS, autosave)
      }
      room.after(AUTOSAVE_SECONDS, autosave)
    },
    onJoin(room, player) {
      player.state.name = player.join.name
      player.state.planted = room.data.planted.get(player.userId) ?? 0
    },
    // When it was empty for long enough, and when the server stops: SIGTERM comes here, too.
    onDispose: (room) => save(folder, room),
    onRequest: {
      plant(room, player, { x, y }) {
        room.world.spawn('flower', { x, y, ripeAt: room.tick + RIPE_SECONDS * 20 })
        player.state.planted++
        room.data.planted.set(player.userId, player.state.planted)
        return {}
      },
    },
  })
}
