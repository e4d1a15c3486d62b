import type { Client } from 'tickwire/client'
import { find, setText } from './dom.ts'
import type { Way } from './entry.ts'
import { recall, remember } from './memory.ts'
import type { PageOptions } from './options.ts'
import { PartyPanel } from './party-panel.ts'
import { whyNotJoined } from './problems.ts'
import type { Problem } from './problems.ts'
import { RoomList } from './room-list.ts'

const NAME_KEY = 'tickwire.name'

export interface Choice {
  readonly way: Way
  readonly name: string
}

/** The screen in front of the arena: who one is, and where to. */
export class Lobby {
  private readonly screen = find('#lobby', HTMLElement)
  private readonly nameField = find('#name', HTMLInputElement)
  private readonly codeField = find('#code', HTMLInputElement)
  private readonly start = find('#start', HTMLButtonElement)
  private readonly instead = find('#instead', HTMLButtonElement)
  private readonly problem = find('#problem', HTMLElement)
  private readonly rooms: RoomList
  private readonly party: PartyPanel
  private readonly options: PageOptions
  /** What the address of the page invited to, until it was tried. */
  private invitation: { readonly kind: 'room' | 'party'; readonly code: string } | undefined
  private choose: (way: Way) => void = () => undefined

  constructor(client: Client, options: PageOptions) {
    this.options = options
    const { code, party, quick } = options
    if (party !== undefined) this.invitation = { kind: 'party', code: party }
    // Whoever asks for no lobby has tried the code before.
    if (code !== undefined && !quick) this.invitation = { kind: 'room', code }
    this.rooms = new RoomList(
      client,
      (way) => this.choose(way),
      (problem) => this.showProblem(problem),
    )
    this.party = new PartyPanel(client, (way) => this.choose(way))
    this.listen()
  }

  /** Shows the lobby, with what went wrong before if anything did, and resolves with what was chosen. */
  async ask(problem: Problem | undefined): Promise<Choice> {
    this.open(problem)
    const closers = [this.rooms.open(), this.party.open()]
    const way = await new Promise<Way>((resolve) => {
      this.choose = (chosen) => {
        // Whoever is taken along by a party has been asked for the name when it joined that one.
        if (chosen.by === 'watch' || this.name() !== undefined) resolve(chosen)
      }
    })
    for (const close of closers) close()
    this.screen.hidden = true
    return { way, name: this.nameField.value.trim() }
  }

  private open(problem: Problem | undefined): void {
    this.screen.hidden = false
    this.nameField.value ||= this.options.name || recall(NAME_KEY)
    this.showInvitation()
    this.showProblem(problem)
    // On a phone the keyboard would cover all else.
    if (window.matchMedia('(pointer: coarse)').matches) return
    this.nameField.focus()
    this.nameField.select()
  }

  private listen(): void {
    find('#way-in', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault()
      void this.follow()
    })
    this.instead.addEventListener('click', () => this.choose({ by: 'quick' }))
    find('#create', HTMLButtonElement).addEventListener('click', () => {
      const chosen = (id: string): number => Number(find(id, HTMLSelectElement).value)
      this.choose({ by: 'create', options: { ships: chosen('#ships'), points: chosen('#points') } })
    })
    find('#code-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault()
      const code = this.codeField.value.trim()
      if (code !== '') this.choose({ by: 'code', code })
    })
    find('#party-create', HTMLButtonElement).addEventListener('click', () => {
      const name = this.name()
      if (name !== undefined) void this.attempt(this.party.create(name))
    })
    find('#problem button', HTMLButtonElement).addEventListener('click', () => location.reload())
  }

  /** The way that the address of the page names, or the quick one. */
  private async follow(): Promise<void> {
    const { invitation, options } = this
    if (invitation === undefined) {
      return this.choose(options.key === undefined ? { by: 'quick' } : { by: 'key', key: options.key })
    }
    const name = this.name()
    if (name === undefined) return
    this.invitation = undefined
    if (invitation.kind === 'room') return this.choose({ by: 'code', code: invitation.code })
    await this.attempt(this.party.join(invitation.code, name))
    this.showInvitation()
  }

  private async attempt(joining: Promise<void>): Promise<void> {
    try {
      await joining
      this.showProblem(undefined)
    } catch (error) {
      console.warn(error)
      this.showProblem(whyNotJoined(error))
    }
  }

  /** The name in its field, remembered; without one the field asks for it. */
  private name(): string | undefined {
    const name = this.nameField.value.trim()
    if (name === '') {
      this.nameField.value = ''
      this.nameField.reportValidity()
      return undefined
    }
    remember(NAME_KEY, name)
    return name
  }

  private showInvitation(): void {
    const kind = this.invitation?.kind
    setText(this.start, kind === undefined ? 'Quick match' : kind === 'room' ? 'Join your friends' : 'Join the party')
    this.instead.hidden = kind === undefined
  }

  private showProblem(problem: Problem | undefined): void {
    this.problem.hidden = problem === undefined
    setText(find('#problem b', HTMLElement), problem?.title ?? '')
    setText(find('#problem span', HTMLElement), problem?.text ?? '')
    find('#problem button', HTMLElement).hidden = problem?.needsReload !== true
  }
}
