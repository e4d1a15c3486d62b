import { BitReader, CLIENT_MESSAGE, readSoleMessage } from '@tickwire/protocol/internal'
import type { Random } from '@tickwire/protocol'
import type { Connect } from '../../../sdk/src/connection/transport.ts'

/** A way on which packets of inputs may be lost, as datagrams are; all others arrive, as on a stream beside them. */
export function losingInputs(connect: Connect, lossPercent: number, random: Random): Connect {
  const reader = new BitReader(new Uint8Array(0))
  return (url, handlers) => {
    const transport = connect(url, handlers)
    return {
      losesInputs: true,
      get bufferedBytes() {
        return transport.bufferedBytes
      },
      send(bytes) {
        const isInputs = readSoleMessage(bytes, reader) === CLIENT_MESSAGE.inputs
        if (!isInputs || random.next() * 100 >= lossPercent) transport.send(bytes)
      },
      close: (code, reason) => transport.close(code, reason),
    }
  }
}
