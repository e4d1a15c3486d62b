import { ConfigError } from '@tickwire/protocol'
import type { GameCodec, RoomWish } from '@tickwire/protocol/internal'
import { whereText } from './lobby/where.ts'
import { checkPassword } from './options.ts'

/** Options of a join, whatever its game. */
export type Said = Partial<Record<'key' | 'type' | 'password' | 'visibility', string>> & {
  readonly where?: unknown
  readonly options?: object
}

/** What a join says of its room. @throws ConfigError or RangeError for what cannot be */
export function wishOf(codec: GameCodec, { type = '', visibility, password, where, options = {} }: Said): RoomWish {
  if (visibility !== undefined && visibility !== 'public' && visibility !== 'private') {
    throw new ConfigError('visibility', "'public' or 'private'", visibility)
  }
  if (password !== undefined) checkPassword(password)
  return {
    type,
    isPrivate: visibility === 'private',
    password: password ?? '',
    where: whereText(where),
    options: codec.encodePatch(codec.schema.options, options, 'options'),
  }
}
