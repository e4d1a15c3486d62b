import { ConfigError } from '@tickwire/protocol'
import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** Where the bytes of one recording go, as they come. */
export interface RecordingSink {
  /** Takes some bytes, which are the sink's from now on; false: it takes no more, and the recording ends here. */
  write(bytes: Uint8Array): boolean
  /** The room is over. */
  close(): void
}

/** Which room a sink is wanted for. */
export interface RecordedRoom {
  readonly id: string
  readonly key: string | null
  readonly epoch: number
  readonly game: string
}

/** Makes the sink of each new room of a type. */
export type RecordTo = (room: RecordedRoom) => RecordingSink

export interface RecordFilesOptions {
  /** Bytes that may wait for the disk per room (default 8 MiB); when there are more, its recording ends. */
  readonly maxPendingBytes?: number
}

const DEFAULT_PENDING_BYTES = 8 * 1024 * 1024

/**
 * Records into files `<game>-<room id>-<epoch>.twr` of a folder, which is made if it is not there; for `defineRoom`'s `record`.
 * @throws ConfigError for a limit that cannot be
 */
export function recordFiles(
  folder: string,
  { maxPendingBytes = DEFAULT_PENDING_BYTES }: RecordFilesOptions = {},
): RecordTo {
  if (!(maxPendingBytes >= 1)) throw new ConfigError('maxPendingBytes', 'a number >= 1', maxPendingBytes)
  return ({ game, id, epoch }) => {
    mkdirSync(folder, { recursive: true })
    return fileSink(join(folder, `${plain(game)}-${plain(id)}-${epoch}.twr`), maxPendingBytes)
  }
}

function fileSink(path: string, maxPendingBytes: number): RecordingSink {
  const stream = createWriteStream(path)
  let isBroken = false
  stream.on('error', () => (isBroken = true))
  return {
    write(bytes) {
      if (isBroken || stream.writableLength + bytes.length > maxPendingBytes) return false
      stream.write(bytes)
      return true
    },
    close: () => void stream.end(),
  }
}

/** A room's id is drawn by us, but a name of a file is no place to trust anybody. */
function plain(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, '_')
}
