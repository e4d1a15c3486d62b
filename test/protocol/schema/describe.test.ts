import { describe, expect, it } from 'vitest'
import { hashText } from '../../../protocol/src/hash.ts'
import { defineGame, entity } from '../../../protocol/src/schema/define.ts'
import {
  describeSection,
  differingSection,
  firstDifference,
  hashSections,
  SECTIONS,
} from '../../../protocol/src/schema/describe.ts'
import type { GameSchema } from '../../../protocol/src/schema/define.ts'
import type { SectionName } from '../../../protocol/src/schema/describe.ts'
import { field } from '../../../protocol/src/schema/field.ts'

const base = {
  name: 'game',
  tickRateHz: 60,
  join: { name: field.text({ maxBytes: 24 }) },
  state: { phase: field.oneOf('warmup', 'playing') },
  player: { score: field.uint({ max: 9 }) },
  entities: {
    ship: entity(
      {
        x: field.fixed({ min: 0, max: 8, precision: 0.5 }),
        hp: field.uint({ max: 100 }),
        ammo: field.uint({ max: 3 }).to('owner'),
      },
      { predict: 'owner' },
    ),
  },
  input: { fire: field.press() },
  events: { shot: { at: field.seat() } },
  messages: {
    chat: { toServer: { text: field.text({ maxBytes: 9 }) }, toClient: { from: field.seat() } },
    ping: { toClient: {} },
  },
  requests: { refill: { ask: { kind: field.bool() }, reply: { ammo: field.uint({ max: 3 }) } } },
  options: { map: field.text({ maxBytes: 9 }) },
} as const
const schema = defineGame(base)

describe('describeSection', () => {
  it('[HSK8] gives one line per field, beginning with its name', () => {
    expect(SECTIONS.map((section) => describeSection(schema, section))).toEqual([
      ['tickRateHz 60', 'snapshotRateHz 20'],
      ['name {"kind":"text","maxBytes":24} all'],
      ['phase {"kind":"oneOf","values":["warmup","playing"]} all'],
      ['score {"kind":"uint","max":9} all'],
      [
        'ship {"predict":"owner"}',
        'ship.x {"kind":"fixed","max":8,"min":0,"precision":0.5} all',
        'ship.hp {"kind":"uint","max":100} all',
        'ship.ammo {"kind":"uint","max":3} owner',
      ],
      ['fire {"kind":"press"} all'],
      ['shot', 'shot.at {"kind":"seat"} all'],
      [
        'chat toServer toClient',
        'chat.toServer.text {"kind":"text","maxBytes":9} all',
        'chat.toClient.from {"kind":"seat"} all',
        'ping toClient',
      ],
      ['refill', 'refill.ask.kind {"kind":"bool"} all', 'refill.reply.ammo {"kind":"uint","max":3} all'],
      ['map {"kind":"text","maxBytes":9} all'],
      [],
      [],
    ])
  })

  it('does not depend on the order in which options were written', () => {
    const turned = field.fixed({ precision: 0.5, max: 8, min: 0 })
    const other = defineGame({ ...base, state: { x: turned } })
    const same = defineGame({ ...base, state: { x: field.fixed({ min: 0, max: 8, precision: 0.5 }) } })
    expect(describeSection(other, 'state')).toEqual(describeSection(same, 'state'))
  })
})

describe('hashSections', () => {
  it('[HSK8] hashes the lines of each section, joined by line feeds', () => {
    expect(hashSections(schema)).toEqual(
      SECTIONS.map((section) => hashText(describeSection(schema, section).join('\n'))),
    )
  })

  it('[HSK8] has fixed numbers, so that two versions of this package agree', () => {
    expect(hashSections(schema)).toEqual([
      0x99bf_b275, 0x8b7b_9496, 0xc825_0a5d, 0xd251_12d9, 0x5220_4172, 0xbd52_5486, 0x1cc0_b697, 0x1cda_be30,
      0xec16_dc85, 0xf7944c84, 0, 0,
    ])
  })

  const CHANGES: Record<SectionName, GameSchema> = {
    rates: defineGame({ ...base, tickRateHz: 30 }),
    join: defineGame({ ...base, join: { name: field.text({ maxBytes: 25 }) } }),
    state: defineGame({ ...base, state: { phase: field.oneOf('playing', 'warmup') } }),
    player: defineGame({ ...base, player: { score: field.uint({ max: 9 }).to('owner') } }),
    entities: defineGame({ ...base, entities: { ship: entity(base.entities.ship.fields) } }),
    input: defineGame({ ...base, input: { fire: field.bool() } }),
    events: defineGame({ ...base, events: { bang: { at: field.seat() } } }),
    messages: defineGame({ ...base, messages: { ...base.messages, ping: { toServer: {} } } }),
    requests: defineGame({ ...base, requests: { refill: { ask: {}, reply: { ammo: field.uint({ max: 3 }) } } } }),
    options: defineGame({ ...base, options: { map: field.text({ maxBytes: 8 }) } }),
    metadata: defineGame({ ...base, metadata: { title: field.text({ maxBytes: 9 }) } }),
    profile: defineGame({ ...base, profile: { title: field.text({ maxBytes: 9 }) } }),
  }

  it.each(SECTIONS)('[HSK8] a change in %s is found in that section and nowhere else', (section) => {
    const [ours, theirs] = [hashSections(schema), hashSections(CHANGES[section])]
    expect(differingSection(ours, theirs)).toBe(section)
    expect(ours.filter((hash, i) => hash !== theirs[i])).toHaveLength(1)
  })

  it('[HSK8] leaves out what is the own affair of the server: when and to whom it sends', () => {
    const { fields } = base.entities.ship
    const ship = entity(fields, { predict: 'owner', relevant: 'always', priority: 3 })
    expect(differingSection(hashSections(schema), hashSections(defineGame({ ...base, entities: { ship } })))).toBeNull()
  })

  it('finds no difference between equal schemas', () => {
    expect(differingSection(hashSections(schema), hashSections(defineGame(base)))).toBeNull()
  })
})

describe('firstDifference', () => {
  const lines = ['ship {}', 'ship.x {"kind":"bool"} all', 'ship.hp {"kind":"uint","max":9} all']

  it.each<[string, string[], string | null]>([
    [
      'a field that the server has changed',
      ['ship {}', 'ship.x {"kind":"bool"} all', 'ship.hp {"kind":"uint","max":8} all'],
      'ship.hp',
    ],
    ['a field that only the server has', [...lines, 'ship.new {"kind":"bool"} all'], 'ship.new'],
    ['a field that only the page has', lines.slice(0, 2), 'ship.hp'],
    ['fields in another order', [lines[0]!, lines[2]!, lines[1]!], 'ship.hp'],
    ['nothing', lines, null],
  ])('[HSK8] names %s', (_, theirs, expected) => {
    expect(firstDifference(lines, theirs)).toBe(expected)
  })
})
