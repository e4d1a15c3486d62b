import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { hashText } from '../../../protocol/src/hash.ts'
import { LIMITS } from '../../../protocol/src/limits.ts'
import { LOBBY_HASH } from '../../../protocol/src/lobby/hash.ts'
import { LISTED_ROOM, LOBBY, lobbyCodec } from '../../../protocol/src/lobby/schema.ts'
import { describeSection } from '../../../protocol/src/schema/describe.ts'

const page = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8')
const lines = [...describeSection(LOBBY, 'messages'), ...describeSection(LOBBY, 'requests')]

describe('the schema of the lobby', () => {
  it('[LOB1] is the one on the page, line for line, and hashed as these lines', () => {
    expect(page).toContain(`\`\`\`\n${lines.join('\n')}\n\`\`\``)
    expect(LOBBY_HASH).toBe(hashText(lines.join('\n')))
  })

  it('has room for the largest room that a list may hold', () => {
    const section = new Uint8Array(LIMITS.maxSectionBytes)
    const [name, count] = ['x'.repeat(LIMITS.maxNameBytes), LIMITS.maxSeatsPerRoom]
    const counts = { players: count, maxPlayers: count, spectators: count, revision: 0xffff_ffff }
    const room = { id: name, type: name, key: name, ...counts, locked: true, password: true }
    const bytes = lobbyCodec.encodePayload(LISTED_ROOM, { ...room, options: section, metadata: section })
    expect(bytes.length).toBeLessThanOrEqual(LIMITS.maxListedRoomBytes)
  })
})
