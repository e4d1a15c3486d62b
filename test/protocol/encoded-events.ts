import type { EncodedEvent, EventFields, EventFrame } from '../../protocol/src/messages/snapshot.ts'
import { encodeValues, NO_PACKER } from '../../protocol/src/messages/values.ts'

/** Events as `writeEvents` takes them. */
export function encodedEvents(frames: readonly EventFrame[], fields: EventFields, packer = NO_PACKER): EncodedEvent[] {
  return frames.map((frame) => ({ ...frame, payload: encodeValues(fields[frame.event]!, frame.payload, packer) }))
}
