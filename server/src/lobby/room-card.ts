import {
  attributesOf,
  defaultValue,
  ROOM_INVITE,
  ROOM_LOCKED,
  ROOM_OWNER,
  ROOM_REVISION,
  shownName,
} from '@tickwire/protocol/internal'
import type { Fields, GameCodec, RoomSection, Scalar } from '@tickwire/protocol/internal'
import type { ShownRoom } from '../directory/directory.ts'
import { sectionView } from './section-view.ts'
import type { RoomTerms } from '../room/ports.ts'

/** What its room type says of rooms whose creator says nothing. */
export interface RoomDefaults {
  readonly options?: object
  readonly metadata?: object
}

/** What the lobby knows and shows of one room. All of it is fields of the room's state, so that everybody in it knows it too. */
export class RoomCard {
  readonly terms: RoomTerms
  /** Read-only, always as they are now. */
  readonly options: object
  readonly metadata: object
  /** Something has changed. */
  onChange: () => void = () => undefined
  private readonly codec: GameCodec
  private readonly state: Fields
  private newest: ShownRoom | null = null

  /** @throws DecodeError when the terms' options are not the game's, RangeError when they are too large */
  constructor(codec: GameCodec, state: Fields, terms: RoomTerms, defaults: RoomDefaults) {
    const { options, metadata } = codec.schema
    this.codec = codec
    this.state = state
    this.terms = terms
    state[ROOM_INVITE] = terms.invite
    this.fill('options', { ...this.checked('options', defaults.options), ...codec.decodePatch(options, terms.options) })
    this.fill('metadata', this.checked('metadata', defaults.metadata))
    this.options = sectionView(state, 'options', Object.keys(options))
    this.metadata = sectionView(state, 'metadata', Object.keys(metadata))
  }

  get owner(): number | null {
    return this.state[ROOM_OWNER] as number | null
  }

  set owner(seat: number | null) {
    this.state[ROOM_OWNER] = seat
  }

  get isLocked(): boolean {
    return this.state[ROOM_LOCKED] === true
  }

  set isLocked(isLocked: boolean) {
    this.state[ROOM_LOCKED] = isLocked
    this.onChange()
  }

  /** Rises with each change of the metadata. */
  get revision(): number {
    return this.state[ROOM_REVISION] as number
  }

  get shown(): ShownRoom {
    return (this.newest ??= this.show())
  }

  /** @throws ConfigError for a field that there is not, RangeError for a value that does not fit */
  setMetadata(patch: object): void {
    const checked = this.checked('metadata', patch)
    for (const [name, value] of Object.entries(checked)) this.state[shownName('metadata', name)] = value
    this.state[ROOM_REVISION] = this.revision + 1
    this.newest = null
    this.onChange()
  }

  private checked(section: RoomSection, patch: object = {}): Fields {
    const fields = this.codec.schema[section]
    return this.codec.decodePatch(fields, this.codec.encodePatch(fields, patch, section))
  }

  private fill(section: RoomSection, given: Fields): void {
    for (const [name, { spec }] of Object.entries(this.codec.schema[section])) {
      this.state[shownName(section, name)] = given[name] ?? defaultValue(spec)
    }
  }

  private show(): ShownRoom {
    const { schema } = this.codec
    const values = { ...this.options, ...this.metadata } as Readonly<Record<string, Scalar>>
    const attributes: Record<string, Scalar> = {}
    for (const name of attributesOf(schema).keys()) if (Object.hasOwn(values, name)) attributes[name] = values[name]!
    return {
      revision: this.revision,
      options: this.codec.encodePayload(schema.options, this.options, 'options'),
      metadata: this.codec.encodePayload(schema.metadata, this.metadata, 'metadata'),
      attributes,
    }
  }
}
