import { RoomHarness } from '../room/harness.ts'
import type { Member } from '../room/harness.ts'
import { expect } from 'vitest'
import type { Entity } from '../../../server/src/replication/entity-list.ts'
import type { RoomType } from '../../../server/src/room/definition.ts'
import { hashOf, TruthChecks } from './truth-checks.ts'
import type { Command } from './truth-commands.ts'
import { blind, KINDS, PLAYERS } from './truth-game.ts'

/** One room, its clients, and everything that happens to them; after each snapshot they are held against the truth. */
export class Session {
  readonly harness: RoomHarness
  readonly members: Member[] = []
  private readonly checks: TruthChecks

  constructor(type: RoomType) {
    this.harness = new RoomHarness(type)
    this.checks = new TruthChecks(this.harness, this.members)
    blind.clear()
  }

  async start(): Promise<void> {
    for (let i = 0; i < PLAYERS; i++) this.members.push(await this.harness.join({}))
  }

  /** Some that are far from each other and name each other, so that views part them. */
  crowd(): void {
    for (let i = 0; i < 6; i++) {
      const at = { x: 150 * i, y: 100 * i, vx: i % 3, number: i, word: '' } as const
      this.run({ do: 'spawn', kind: i % 2 === 0 ? 'mover' : 'moon', owner: i % 4 === 0 ? 0 : null, ...at })
    }
    for (let i = 0; i < 3; i++) this.run({ do: 'aim', index: i, at: [i + 1, i + 3] })
  }

  private get world() {
    return this.harness.room.core.world
  }

  private pick(at: number): Entity | undefined {
    const all = KINDS.flatMap((kind) => [...this.world.all(kind)])
    return all.length === 0 ? undefined : all[at % all.length]
  }

  run(one: Command): void {
    switch (one.do) {
      case 'spawn':
        this.world.spawn(
          one.kind,
          {
            ...one,
            hp: one.number,
            name: one.word,
            card: one.number,
            letter: one.word,
            ammo: one.number,
            notes: one.word,
            face: one.number,
            plan: one.number,
            secret: 5,
          },
          { owner: one.owner },
        )
        return
      case 'change':
        this.change(this.pick(one.index), one)
        return
      case 'give': {
        const given = this.pick(one.index)
        if (given !== undefined) given.owner = one.to
        if (given?.kind === 'rock') this.world.touch(given)
        return
      }
      case 'reveal': {
        const shown = this.pick(one.index)
        const to = one.to === null ? 'all' : typeof one.to === 'number' ? { id: one.to } : one.to
        if (shown !== undefined && one.shown) this.world.reveal(shown, to)
        else if (shown !== undefined) this.world.conceal(shown, to)
        return
      }
      case 'aim':
        this.aim(one.index, one.at)
        return
      case 'blind':
        if (one.isBlind) blind.add(one.seat)
        else blind.delete(one.seat)
        return
      case 'despawn': {
        const gone = this.pick(one.index)
        if (gone !== undefined) this.world.despawn(gone)
        return
      }
      case 'snapshot':
      case 'wait':
        for (let i = 0; i < one.times; i++) this.snapshot()
        return
      default:
        this.connect(this.members[one.seat]!, one)
    }
  }

  private aim(from: number, at: readonly number[]): void {
    const moon = [...this.world.all('moon')][from % 4]
    if (moon !== undefined && 'heading' in moon) moon['heading'] = this.pick(at[0]!)!.id
    const mover = [...this.world.all('mover')][from % 4]
    if (mover === undefined || !('target' in mover)) return
    const ids = at.map((n) => this.pick(n)!.id)
    const [first] = ids
    Object.assign(mover, { target: first, crew: ids, prey: ids.at(-1), spies: ids, mark: first })
  }

  private change(target: Entity | undefined, to: { vx: number; number: number; word: string }): void {
    this.world.state['round'] = to.number
    this.world.state['title'] = to.word
    for (const { seat: id } of this.members) {
      const player = this.harness.room.core.players.get(id)! as unknown as { state: Record<string, unknown> }
      player.state['hand'] = to.number + id
      player.state['call'] = to.number
    }
    if (target === undefined) return
    if (target.kind === 'mover')
      Object.assign(target, {
        vx: to.vx,
        hp: to.number,
        name: to.word,
        ammo: to.number,
        notes: to.word,
        card: to.number,
        letter: to.word,
      })
    else if (target.kind === 'token') Object.assign(target, { face: to.number, stack: to.number })
    else if (target.kind === 'star') Object.assign(target, { light: to.number, x: to.number })
    else if (target.kind === 'moon')
      Object.assign(target, { vx: to.vx, stack: to.number, plan: to.number, word: to.word })
    else {
      ;(target['tags'] as number[]).push(to.number)
      ;(target['tags'] as number[]).splice(0, (target['tags'] as number[]).length - 4)
      this.world.touch(target)
    }
  }

  private connect(member: Member, one: Exclude<Extract<Command, { seat: number }>, { do: 'blind' }>): void {
    const { link } = member
    const player = this.harness.room.core.players.get(member.seat)!
    if (one.do === 'view') player.view = one.area
    else if (one.do === 'budget') player.bytesPerSecond = one.bytes
    else if (one.do === 'team') player.team = one.team
    else if (one.do === 'ack') member.ack()
    else if (one.do === 'cut') link.isCut = true
    else if (one.do === 'mismatch') this.harness.room.receiveMismatch(member.seat, hashOf(link.items)?.tick16 ?? 0)
    else if (one.do === 'reload') {
      this.bringBack(member)
      link.reload()
      member.resume(-1)
      this.checks.forget(member)
    } else if (link.isCut) {
      this.bringBack(member)
      // A snapshot that the server has no memory of: it must assume that the client holds anything.
      member.resume(one.forgotten && link.heldSeq > 0 ? link.heldSeq + 1000 : link.heldSeq)
    }
  }

  private bringBack(member: Member): void {
    member.drop()
    member.link.reconnect()
  }

  snapshot(): void {
    this.harness.snapshot()
    for (const member of this.members) this.checks.check(member)
  }

  /** Nothing changes any more: in the end everybody is told everything, whatever the budget. */
  rest(): void {
    for (const kind of ['mover', 'moon']) for (const moving of this.world.all(kind)) moving['vx'] = 0
    for (let i = 0; i < MOST_SNAPSHOTS_AT_REST; i++) {
      this.snapshot()
      for (const member of this.members) member.ack()
      if (this.members.every(({ link }) => link.told.at(-1)?.header.isPartial === false)) return
    }
    expect.fail('somebody was never told everything')
  }
}

/** At 256 bytes a second, what these worlds hold takes some seconds. */
const MOST_SNAPSHOTS_AT_REST = 600
