import type { BitReader } from '@tickwire/protocol/internal'
import { ownerOf } from '../fields.ts'
import type { RoomInside } from '../observer.ts'
import { MeteringReader } from './metering-reader.ts'
import { readInputs, toldEvents } from './room-decoder.ts'
import type { DecodedInput, DecodedSnapshot, ToldRoom } from './room-decoder.ts'
import { attributeBits } from './snapshot-bits.ts'
import type { OnBits } from './snapshot-bits.ts'

/** Takes how many records each kind had in a snapshot. */
export type OnRecords = (counts: ReadonlyMap<string, number>) => void

/**
 * Reads the packets of a room just before the room does, with what the room holds, and meters them. What it reads of a snapshot
 * waits in the room's replica until the room reads the same snapshot, which begins anew: nothing is left of it.
 */
export class LiveRoom implements ToldRoom {
  private readonly room: RoomInside
  private readonly onBits: OnBits
  private readonly onRecords: OnRecords
  private readonly meter = new MeteringReader()

  constructor(room: RoomInside, onBits: OnBits, onRecords: OnRecords) {
    this.room = room
    this.onBits = onBits
    this.onRecords = onRecords
  }

  get seq(): number {
    return this.room.seq
  }

  readSnapshot(bits: BitReader): DecodedSnapshot {
    const { room, meter } = this
    meter.begin(bits)
    const { header, events } = room.read(meter)
    const staged = room.replica.staged()
    const told = toldEvents(room.codec, events)
    const content = { kinds: staged.map(({ kind }) => kind), events: told.map(({ name }) => name) }
    this.onRecords(attributeBits(meter, content, this.onBits))
    const changes = staged.map((entity) => {
      const { id, kind, slot } = entity
      const change = room.replica.entities.get(slot) === entity ? 'update' : 'enter'
      // Their values are not known before they are applied; the panel of entities shows them.
      return { change, id, kind: kind.name, owner: ownerOf(entity), fields: {} } as const
    })
    return { header, changes, events: told }
  }

  readInputs(bits: BitReader): DecodedInput[] {
    return readInputs(this.room.codec, bits, this.room.tick)
  }

  /** It may be needed in the same packet; the room learns it a second time. */
  learnTable(number: number, bytes: Uint8Array): void {
    this.room.replica.learnTable(number, bytes)
  }
}
