import { readdirSync, readFileSync } from 'node:fs'
import { Random } from '@tickwire/protocol'
import { defineQueue } from '@tickwire/server'
import type { Rating } from '@tickwire/server'
import { describe, expect, it } from 'vitest'
import { settle } from '../server/helpers.ts'
import { FakeClock } from '../../tickwire/src/testing/fake-clock.ts'
import { brawl, duel, ranked } from './matchmaking/queues.ts'
import { createMatchmaker, hint, play, rate } from './matchmaking/service.ts'
import { waitsOf } from './matchmaking/try-rules.ts'

const folder = new URL('matchmaking/', import.meta.url)
const docs = new URL('../../docs/guide/matchmaking.md', import.meta.url)
const page = readFileSync(docs, 'utf8')

describe('the page on matchmaking', () => {
  it('shows only code that stands beside this test, where it is compiled and run', () => {
    const sources = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'))
    // Without indentation: a snippet may show the middle of a function.
    const plain = (code: string): string => code.replaceAll(/^ +/gm, '')
    const snippets = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => plain(code!))
    expect(snippets.length).toBeGreaterThan(5)
    const text = sources.map(plain).join('\n')
    for (const snippet of snippets) expect(text).toContain(snippet)
  })

  it('links only to files that exist', () => {
    const links = [...page.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path!)
    expect(links.length).toBeGreaterThan(1)
    for (const path of links) expect(() => readFileSync(new URL(path, docs)), path).not.toThrow()
  })
})

describe('its service', () => {
  const clock = new FakeClock()
  const openRoom = async ({ userIds }: { userIds: string[] }): Promise<string> => `room of ${userIds.join(' and ')}`

  it('seats two who accept, and shows them how it goes', async () => {
    const matchmaker = createMatchmaker({ clock, openRooms: () => [], openRoom, log: () => {} })
    const shown: string[] = []
    play(matchmaker, 'ada', (text) => shown.push(text))
    expect(hint(matchmaker.whyWaiting('ada')!)).toBe('1 of 2 players')
    play(matchmaker, 'bob', () => {})
    clock.advance(500)
    matchmaker.accept('ada')
    matchmaker.accept('bob')
    await settle()
    expect(shown).toEqual([
      'Match found: 0 of 2 are ready',
      'Match found: 1 of 2 are ready',
      'Opening the room',
      'You play on dust',
    ])
  })

  it('learns who is better', () => {
    const users = new Map<string, Rating>()
    rate(users, 'ada', 'bob')
    expect(users.get('ada')!.mu).toBeGreaterThan(users.get('bob')!.mu)
  })

  it('has rules that can be tried: with more players one waits less', () => {
    const skill = {
      window: [
        { afterMs: 0, width: 1 },
        { afterMs: 60_000, width: 10 },
      ],
    }
    const queue = defineQueue({ name: 'tried', teams: { count: 2, min: 1, max: 1 }, skill })
    const mean = (perMinute: number): number => {
      const waits = waitsOf(queue, perMinute, new Random(1))
      return waits.reduce((sum, ms) => sum + ms, 0) / waits.length
    }
    expect(mean(12)).toBeLessThan(mean(4))
    expect([duel, brawl, ranked].map(({ acceptMs }) => acceptMs)).toEqual([15_000, null, 20_000])
  })
})
