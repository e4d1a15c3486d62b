import { arena } from '../shared/simulate.ts'
import type { ArenaRoom } from './types.ts'

const TITLES = ['Orion', 'Perseus', 'Cygnus', 'Draco', 'Hydra', 'Phoenix', 'Pegasus', 'Carina', 'Lynx', 'Corvus']
const { tickRateHz } = arena.schema
const STEP_SECONDS = 10

export function nameRoom(room: ArenaRoom): void {
  const title = TITLES[Math.floor(room.random() * TITLES.length)]!
  room.setMetadata({ title: `${title} ${1 + Math.floor(room.random() * 99)}` })
}

/** Tells lists once a second how the round stands: whoever looks for a room reads it, nobody plays by it. */
export function showInLists(room: ArenaRoom): void {
  if (room.tick % tickRateHz !== 0) return
  const { phase, azure, amber, endsAt } = room.state
  const seconds = Math.max(0, endsAt - room.tick) / tickRateHz
  const people = [...room.players.values()].filter(({ isBot }) => !isBot).length
  const secondsLeft = Math.ceil(seconds / STEP_SECONDS) * STEP_SECONDS
  const now = { phase, azure, amber, people, secondsLeft }
  const { metadata } = room
  // Each change is sent to everybody in the room and to every list.
  const isNews = (Object.keys(now) as (keyof typeof now)[]).some((name) => metadata[name] !== now[name])
  if (isNews) room.setMetadata(now)
}
