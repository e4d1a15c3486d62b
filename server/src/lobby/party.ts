import { RefusedError } from '@tickwire/protocol'

export interface Member<C> {
  /** Unique in its party, and never used again there. */
  readonly id: number
  readonly client: C
  isReady: boolean
}

/** People who want to play together: who they are, who leads and who is ready. It ends with its last member. */
export class Party<C> {
  readonly code: string
  readonly maxMembers: number
  /** In the order of coming. */
  readonly members: Map<C, Member<C>> = new Map()
  /** Its seats are being looked for: nobody comes, and nothing else is begun. */
  isBusy = false
  private leading: Member<C>
  private nextId = 1

  constructor(code: string, maxMembers: number, founder: C) {
    this.code = code
    this.maxMembers = maxMembers
    this.leading = this.add(founder)
  }

  get leader(): Member<C> {
    return this.leading
  }

  /** @throws RefusedError `party-full` or `party-busy` */
  join(client: C): void {
    if (this.isBusy) throw new RefusedError('party-busy', 'the party is looking for its match')
    if (this.members.size >= this.maxMembers) {
      throw new RefusedError('party-full', `the party has ${this.maxMembers} of ${this.maxMembers} members`)
    }
    this.add(client)
  }

  /** Who leads goes: who has been here longest leads now. */
  leave(client: C): void {
    this.members.delete(client)
    if (this.leading.client !== client) return
    const [heir] = this.members.values()
    if (heir !== undefined) this.lead(heir)
  }

  setReady(client: C, isReady: boolean): void {
    const member = this.members.get(client)
    if (member !== undefined && member !== this.leading) member.isReady = isReady
  }

  /** @throws RefusedError `not-leader` or `no-such-member` */
  promote(by: C, id: number): void {
    this.lead(this.memberFor(by, id))
  }

  /** Whom the leader may send away. @throws RefusedError `not-leader` or `no-such-member` */
  memberFor(by: C, id: number): Member<C> {
    this.expectLeader(by)
    for (const member of this.members.values()) if (member.id === id) return member
    throw new RefusedError('no-such-member', `nobody in the party has number ${id}`)
  }

  /** @throws RefusedError `not-leader`, `party-busy` or `not-ready`: nobody is taken along who did not say yes */
  expectGoing(by: C): void {
    this.expectLeader(by)
    if (this.isBusy) throw new RefusedError('party-busy', 'the party is looking for its seats already')
    for (const member of this.members.values()) {
      if (!member.isReady && member !== this.leading)
        throw new RefusedError('not-ready', 'not all of the party are ready')
    }
  }

  /** They sit: for the next time they are asked again. */
  allUnready(): void {
    for (const member of this.members.values()) member.isReady = false
  }

  private add(client: C): Member<C> {
    const member = { id: this.nextId++, client, isReady: false }
    this.members.set(client, member)
    return member
  }

  private lead(member: Member<C>): void {
    this.leading.isReady = false
    this.leading = member
    // Who leads says when: there is nothing to be ready for.
    member.isReady = false
  }

  private expectLeader(client: C): void {
    if (this.leading.client !== client) throw new RefusedError('not-leader', 'only the leader of the party may do this')
  }
}
