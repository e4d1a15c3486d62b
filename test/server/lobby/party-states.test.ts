import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Party } from '../../../server/src/lobby/party.ts'

const PEOPLE = ['ada', 'bob', 'cy', 'dan', 'eve']
const MAX = 3

/** What a party is, written from its description: a queue of people, of whom one leads. */
interface Model {
  members: { id: number; name: string; isReady: boolean }[]
  leader: string
  nextId: number
  isBusy: boolean
}

type Real = Party<string>

/** Does one thing to both, and says how it was answered. */
type Command = (model: Model, party: Real) => [expected: string, got: string]

function codeOf(act: () => void): string {
  try {
    act()
    return 'done'
  } catch (error) {
    return (error as { code: string }).code
  }
}

const find = (model: Model, name: string): Model['members'][number] | undefined =>
  model.members.find((member) => member.name === name)

function join(name: string): Command {
  return (model, party) => {
    if (find(model, name) !== undefined) return ['', '']
    const expected = model.isBusy ? 'party-busy' : model.members.length === MAX ? 'party-full' : 'done'
    if (expected === 'done') model.members.push({ id: model.nextId++, name, isReady: false })
    return [expected, codeOf(() => party.join(name))]
  }
}

function leave(name: string): Command {
  return (model, party) => {
    // It ends with its last member.
    if (find(model, name) === undefined || model.members.length === 1) return ['', '']
    model.members = model.members.filter((member) => member.name !== name)
    if (model.leader === name) lead(model, model.members[0]!.name)
    return ['done', codeOf(() => party.leave(name))]
  }
}

function lead(model: Model, name: string): void {
  model.leader = name
  find(model, name)!.isReady = false
}

function setReady(name: string, isReady: boolean): Command {
  return (model, party) => {
    const member = find(model, name)
    if (member !== undefined && model.leader !== name) member.isReady = isReady
    return ['done', codeOf(() => party.setReady(name, isReady))]
  }
}

function promote(by: string, id: number): Command {
  return (model, party) => {
    const member = model.members.find((one) => one.id === id)
    const expected = by !== model.leader ? 'not-leader' : member === undefined ? 'no-such-member' : 'done'
    if (expected === 'done') lead(model, member!.name)
    return [expected, codeOf(() => party.promote(by, id))]
  }
}

function go(by: string): Command {
  return (model, party) => {
    const allReady = model.members.every(({ name, isReady }) => isReady || name === model.leader)
    const refused = by !== model.leader ? 'not-leader' : model.isBusy ? 'party-busy' : allReady ? null : 'not-ready'
    const got = codeOf(() => party.expectGoing(by))
    if (refused === null) model.isBusy = party.isBusy = true
    return [refused ?? 'done', got]
  }
}

function arrive(isSeated: boolean): Command {
  return (model, party) => {
    model.isBusy = party.isBusy = false
    if (!isSeated) return ['', '']
    for (const member of model.members) member.isReady = false
    return ['done', codeOf(() => party.allUnready())]
  }
}

const person = fc.constantFrom(...PEOPLE)
const command: fc.Arbitrary<Command> = fc.oneof(
  person.map(join),
  person.map(leave),
  fc.tuple(person, fc.boolean()).map(([name, isReady]) => setReady(name, isReady)),
  fc.tuple(person, fc.integer({ min: 0, max: 8 })).map(([by, id]) => promote(by, id)),
  person.map(go),
  fc.boolean().map(arrive),
)

describe('a party', () => {
  it('is what its model says after any commands, and answers as it does', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        const party = new Party('CODE22', MAX, 'ada')
        const model: Model = {
          members: [{ id: 1, name: 'ada', isReady: false }],
          leader: 'ada',
          nextId: 2,
          isBusy: false,
        }
        for (const run of commands) {
          const [expected, got] = run(model, party)
          expect(got).toBe(expected)
          const members = Array.from(party.members.values(), ({ id, client, isReady }) => ({
            id,
            name: client,
            isReady,
          }))
          expect(members).toEqual(model.members)
          expect(party.leader.client).toBe(model.leader)
          expect(party.members.get(party.leader.client)).toBe(party.leader)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('takes nobody along who is not ready, and asks again the next time', () => {
    const party = new Party('CODE22', MAX, 'ada')
    party.join('bob')
    expect(codeOf(() => party.expectGoing('ada'))).toBe('not-ready')
    party.setReady('bob', true)
    expect(codeOf(() => party.expectGoing('ada'))).toBe('done')
    party.allUnready()
    expect(codeOf(() => party.expectGoing('ada'))).toBe('not-ready')
  })
})
