import { TickwireError } from 'tickwire'
import type { Client, Party, PartyMember, Unsubscribe } from 'tickwire/client'
import { arena } from '../shared/simulate.ts'
import { copyOnPress, find, setText } from './dom.ts'
import type { Way } from './entry.ts'
import { inviteLink } from './options.ts'

/** People who play together: who leads it chooses the room, the others are taken along. */
export class PartyPanel {
  private readonly client: Client
  private readonly onWay: (way: Way) => void
  private readonly panel = find('#party-joined', HTMLElement)
  private readonly start = find('#party-create', HTMLButtonElement)
  private readonly members = find('#party-joined ul', HTMLUListElement)
  private readonly code = find('#party-code', HTMLElement)
  private readonly hint = find('#party-hint', HTMLElement)
  private unsubscribes: Unsubscribe[] = []

  constructor(client: Client, onWay: (way: Way) => void) {
    this.client = client
    this.onWay = onWay
    find('#party-leave', HTMLButtonElement).addEventListener('click', () => void this.client.party?.leave())
    copyOnPress(find('#party-copy', HTMLButtonElement), () => {
      return inviteLink(new URL(location.href), 'party', client.party?.code ?? '')
    })
  }

  /** Shows the party that this page is in, if any, and takes the seats that its leader finds, until the call returned. */
  open(): Unsubscribe {
    this.follow()
    // Who was seated has to say anew that it comes along.
    const { party } = this.client
    if (party !== null && !party.me.leader) party.setReady().catch((error: unknown) => console.warn(error))
    return () => this.unfollow()
  }

  async create(name: string): Promise<void> {
    await this.client.createParty({ maxMembers: 8 })
    await this.introduce(name)
  }

  async join(code: string, name: string): Promise<void> {
    const party = await this.client.joinParty(code)
    await party.setReady()
    await this.introduce(name)
  }

  /** An alias is unique, and two may want the same one: whoever comes second is shown by a number. */
  private async introduce(name: string): Promise<void> {
    this.follow()
    try {
      await this.client.setAlias(name)
    } catch (error) {
      if (!(error instanceof TickwireError)) throw error
    }
  }

  private follow(): void {
    this.unfollow()
    const { party } = this.client
    this.show()
    if (party === null) return
    this.unsubscribes = [
      party.onChange(() => this.show()),
      party.onSeat(arena, (offer) => this.onWay({ by: 'offer', offer })),
    ]
  }

  private unfollow(): void {
    for (const unsubscribe of this.unsubscribes) unsubscribe()
    this.unsubscribes = []
  }

  private show(): void {
    const party = this.client.party?.ended === null ? this.client.party : null
    this.panel.hidden = party === null
    this.start.hidden = party !== null
    if (party === null) return
    setText(this.code, party.code)
    setText(this.hint, hintFor(party))
    this.members.replaceChildren(...party.members.map(row))
  }
}

function hintFor({ me, members }: Party): string {
  if (!me.leader) return 'Your leader chooses the room, and you come along.'
  return members.length === 1 ? 'Share the link. Then start, and all come along.' : 'Start, and all come along.'
}

function row({ alias, leader, me }: PartyMember, index: number): HTMLLIElement {
  const made = document.createElement('li')
  const marks = [leader ? 'leads' : '', me ? 'you' : ''].filter((mark) => mark !== '')
  const name = document.createElement('b')
  name.textContent = alias || `Pilot ${index + 1}`
  made.append(name, marks.length === 0 ? '' : ` (${marks.join(', ')})`)
  return made
}
