import type { Packer } from '@tickwire/protocol/internal'
import { Packr } from 'msgpackr'

/** Free-form values as msgpack, without msgpackr's own extensions: the reader may be another library. */
export function createPacker(): Packer {
  const packr = new Packr({ useRecords: false })
  return {
    encode: (value) => packr.pack(value),
    decode: (bytes) => packr.unpack(bytes) as unknown,
  }
}
