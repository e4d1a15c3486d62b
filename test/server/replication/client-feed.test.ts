import { describe, expect, it } from 'vitest'
import { Bases } from '../../../server/src/replication/bases.ts'
import { ClientFeed } from '../../../server/src/replication/client-feed.ts'

const INTERVAL = 3

describe('whether a snapshot follows the one before', () => {
  it('[SNP1] it does one interval later, and not behind one that was skipped, nor as the first', () => {
    const feed = new ClientFeed(0)
    expect(feed.follows(3, INTERVAL)).toBe(false)
    feed.sent(3, 0)
    expect(feed.follows(6, INTERVAL)).toBe(true)
    expect(feed.follows(9, INTERVAL)).toBe(false)
    expect(feed.follows(3, INTERVAL)).toBe(false)
  })

  it('[SNP1] it does not on another connection: what was sent last may not have come', () => {
    const feed = new ClientFeed(0)
    feed.sent(3, 0)
    feed.resume(1, 0)
    expect(feed.follows(6, INTERVAL)).toBe(false)
    feed.sent(6, 0)
    expect(feed.follows(9, INTERVAL)).toBe(true)
  })

  it('[LSE1] it does not where the one before may be lost', () => {
    const feed = new ClientFeed(0)
    feed.bases = new Bases()
    feed.sent(3, 0)
    feed.bases = null
    expect(feed.follows(6, INTERVAL)).toBe(false)
  })
})
