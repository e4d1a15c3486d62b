import { defineGame, field } from '@tickwire/protocol'
import { GameCodec, NO_PACKER } from '@tickwire/protocol/internal'
import type { StandardSchema } from '@tickwire/protocol'
import { unpack } from 'msgpackr'
import { describe, expect, it } from 'vitest'
import { packerFor } from '../../../sdk/src/link/packer.ts'
import { arenaSchema } from '../../games/arena/arena.ts'

const anything: StandardSchema = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) },
}
const chatty = defineGame({
  name: 'chatty',
  tickRateHz: 10,
  messages: { note: { toServer: { body: field.packed(anything, { maxBytes: 200 }) } } },
})

describe('the packer', () => {
  it('is none for a game without packed fields', async () => {
    expect(await packerFor(arenaSchema)).toBe(NO_PACKER)
  })

  it('turns free-form values into plain msgpack and back', async () => {
    const packer = await packerFor(chatty)
    const codec = new GameCodec(chatty, packer)
    const fields = chatty.messages['note']!.toServer!
    const body = { a: [1, 'two', null, true], b: { c: 1.5 } }
    for (let i = 0; i < 3; i++) {
      const bytes = codec.encodePayload(fields, { body })
      expect(codec.decodePayload(fields, bytes)).toEqual({ body })
      expect(unpack(packer.encode(body))).toEqual(body)
    }
  })
})
