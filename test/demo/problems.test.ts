import { CLOSE, RefusedError } from '@tickwire/protocol'
import { UnreachableError } from '@tickwire/sdk'
import { expect, it } from 'vitest'
import { whyEnded, whyNotJoined } from '../../demo/client/problems.ts'

it('tells a player what helps, not what a developer would ask', () => {
  expect(whyNotJoined(new UnreachableError('ws://localhost:1/'))).toBe(
    'The game server cannot be reached. Try again in a moment.',
  )
  expect(whyNotJoined(new RefusedError('room-full'))).toBe('All seats of this room are taken.')
})

it('passes on what it has no sentence for', () => {
  expect(whyNotJoined(new RefusedError('too-young', 'come back in May'))).toBe('Joining failed: come back in May')
  expect(whyNotJoined('odd')).toBe('Joining failed: odd')
})

it('says nothing to who left, and something for every other end', () => {
  for (const [name, reason] of Object.entries(CLOSE)) {
    const said = whyEnded({ name, ...reason })
    if (name === 'left') expect(said).toBe('')
    else expect(said).toMatch(/^[A-Z].*\.$/)
  }
})
