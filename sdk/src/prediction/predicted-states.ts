import { quantise } from '@tickwire/protocol/internal'
import type { GameLayout, HeldEntity, KindLayout } from '@tickwire/protocol/internal'
import { blobValue, cloneValue, heldTracks, isVisible, sameValue } from '../fields.ts'
import type { HeldTracks } from '../fields.ts'
import type { PredictedEntity } from './predicted-entity.ts'

/** One predicted entity at the end of one tick. */
export interface PredictedState {
  entity: PredictedEntity | null
  /** At simulation precision, with owner and jumps. */
  readonly row: Int32Array
  blobs: unknown[]
}

interface Frame {
  tick: number
  count: number
  readonly states: PredictedState[]
}

/** Frames kept: more than the longest replay. */
const FRAMES = 128

/** What was predicted for each of the last ticks, as integers: what a snapshot is compared with. */
export class PredictedStates {
  private readonly frames: readonly Frame[] = Array.from({ length: FRAMES }, () => ({ tick: -1, count: 0, states: [] }))
  private readonly maxColumns: number

  constructor(layout: GameLayout) {
    this.maxColumns = layout.maxColumns
  }

  has(tick: number): boolean {
    return this.frames[tick % FRAMES]!.tick === tick
  }

  save(tick: number, entities: readonly PredictedEntity[]): void {
    const frame = this.frames[tick % FRAMES]!
    frame.tick = tick
    frame.count = 0
    for (const entity of entities) if (entity.isAlive) write(this.nextState(frame), entity)
  }

  /** Forgets all ticks: time has jumped. */
  clear(): void {
    for (const frame of this.frames) frame.tick = -1
  }

  /** What was alive at the end of a tick. */
  *at(tick: number): Iterable<PredictedState> {
    const frame = this.frames[tick % FRAMES]!
    if (frame.tick !== tick) return
    for (let i = 0; i < frame.count; i++) yield frame.states[i]!
  }

  find(tick: number, entity: PredictedEntity): PredictedState | undefined {
    const frame = this.frames[tick % FRAMES]!
    if (frame.tick !== tick) return undefined
    for (let i = 0; i < frame.count; i++) if (frame.states[i]!.entity === entity) return frame.states[i]
    return undefined
  }

  private nextState(frame: Frame): PredictedState {
    const state = (frame.states[frame.count] ??= { entity: null, row: new Int32Array(this.maxColumns), blobs: [] })
    frame.count++
    return state
  }
}

const noRevision = (): number => 0
const ignoreClamp = (): void => undefined

function write(state: PredictedState, entity: PredictedEntity): void {
  const { kind, object, jumps } = entity
  state.entity = entity
  quantise(kind, object, state.row, noRevision, ignoreClamp)
  state.row[kind.ownerColumn] = object.owner === null ? 0 : object.owner + 1
  state.row[kind.ownerColumn + 1] = jumps
  state.blobs = kind.blobs.map(({ name }) => cloneValue(object[name]))
}

/** The name of the first field in which a prediction and the server (its row, and what is held of it) differ, or null. */
export function firstDifference(predicted: PredictedState, truth: Int32Array, held: HeldEntity): string | null {
  const { kind, blobs } = held
  const tracks = heldTracks(held)
  const column = differingColumn(kind, predicted.row, truth, tracks)
  if (column !== null) return column
  const blob = kind.blobs.find((layout) => {
    const isKnown = layout.audience !== 'revealed' && isVisible(layout, tracks)
    return isKnown && !sameValue(predicted.blobs[layout.blob], blobValue(layout, blobs))
  })
  return blob?.name ?? null
}

/** Revealed columns are not compared: no simulation may rely on what its player may or may not see. */
function differingColumn(kind: KindLayout, a: Int32Array, b: Int32Array, tracks: HeldTracks): string | null {
  for (const name of ['all', 'owner'] as const) {
    if (name === 'owner' && !tracks.owner) continue
    const { start, columns } = kind.tracks[name]
    for (let i = start; i < start + columns.length; i++) {
      if (a[i] !== b[i] && columns[i - start]!.blob < 0) return columns[i - start]!.name
    }
  }
  return null
}
