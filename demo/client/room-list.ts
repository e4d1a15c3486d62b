import type { Client, LiveRooms, RoomListing, Unsubscribe } from 'tickwire/client'
import type { Arena } from '../shared/schema.ts'
import { arena } from '../shared/simulate.ts'
import { find, setText, wait } from './dom.ts'
import type { Way } from './entry.ts'
import { whyNotJoined } from './problems.ts'
import type { Problem } from './problems.ts'

const MAX_ROOMS = 30
const RETRY_MS = [1000, 2000, 4000, 8000]

/** The public rooms as they are now; a server that cannot be reached is asked again and again. */
export class RoomList {
  private readonly client: Client
  private readonly onPick: (way: Way) => void
  private readonly onProblem: (problem: Problem) => void
  private readonly list = find('#rooms ul', HTMLUListElement)
  private readonly note = find('#rooms-note', HTMLElement)
  private readonly rows = new Map<string, HTMLLIElement>()
  private live: LiveRooms<Arena> | undefined
  /** Counts openings, so that one which was closed meanwhile knows it. */
  private turn = 0

  /** @param onProblem nothing but another page helps */
  constructor(client: Client, onPick: (way: Way) => void, onProblem: (problem: Problem) => void) {
    this.client = client
    this.onPick = onPick
    this.onProblem = onProblem
  }

  /** Shows it, and follows it until the call returned. */
  open(): Unsubscribe {
    void this.follow()
    const unsubscribe = this.client.onConnection(({ phase }) => {
      if (phase === 'resuming') this.say('Connection lost. Reconnecting.')
      if (phase === 'online') this.show()
      if (phase === 'closed' && this.live !== undefined) void this.follow()
    })
    return () => {
      this.turn++
      unsubscribe()
      this.live?.close()
      this.live = undefined
    }
  }

  private async follow(): Promise<void> {
    const turn = ++this.turn
    this.live?.close()
    this.live = undefined
    this.say('Looking for rooms.')
    for (let tries = 0; turn === this.turn; tries++) {
      try {
        const show = (): void => this.show()
        const query = { sort: '-people', limit: MAX_ROOMS } as const
        const live = await this.client.lobby(arena).watch(query, { onAdd: show, onChange: show, onRemove: show })
        if (turn !== this.turn) return live.close()
        this.live = live
        return this.show()
      } catch (error) {
        console.warn(error)
        if (turn !== this.turn) return
        const problem = whyNotJoined(error)
        if (problem.needsReload) {
          this.say('')
          return this.onProblem(problem)
        }
        this.say('The server cannot be reached. Trying again.')
        await wait(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)]!)
      }
    }
  }

  private say(text: string): void {
    setText(this.note, text)
    this.note.hidden = text === ''
  }

  private show(): void {
    if (this.live === undefined) return
    const { rooms } = this.live
    this.say(rooms.length === 0 ? 'Nobody flies yet. A quick match opens a room.' : '')
    for (const [id, row] of this.rows) {
      if (rooms.some((room) => room.id === id)) continue
      row.remove()
      this.rows.delete(id)
    }
    for (const [index, room] of rooms.entries()) this.showRow(room, index)
  }

  /** Rows stay the elements that they are: what has the focus keeps it. */
  private showRow(room: RoomListing<Arena>, index: number): void {
    let row = this.rows.get(room.id)
    if (row === undefined) {
      row = this.makeRow(room)
      this.rows.set(room.id, row)
    }
    if (this.list.children[index] !== row) this.list.insertBefore(row, this.list.children[index] ?? null)
    const { azure, amber } = room.metadata
    const texts = { who: whoFlies(room), azure: String(azure), amber: String(amber), when: whenOver(room) }
    for (const [name, text] of Object.entries(texts)) setText(row.querySelector<HTMLElement>(`.${name}`)!, text)
    row.querySelector<HTMLButtonElement>('.join')!.disabled = room.locked || room.players >= room.maxPlayers
  }

  private makeRow({ id, metadata: { title } }: RoomListing<Arena>): HTMLLIElement {
    const row = document.createElement('li')
    const score = element('span', 'score')
    score.append(element('b', 'azure'), ' : ', element('b', 'amber'))
    const name = element('b', 'title', title)
    const join = button('join', 'Join', `Join ${title}`, () => this.onPick({ by: 'id', id }))
    const watch = button('watch', 'Watch', `Watch ${title}`, () => this.onPick({ by: 'watch', id }))
    row.append(name, element('span', 'who'), score, element('span', 'when'), join, watch)
    return row
  }
}

function whoFlies({ players, metadata: { people } }: RoomListing<Arena>): string {
  const bots = Math.max(0, players - people)
  return `${people} ${people === 1 ? 'pilot' : 'pilots'}${bots === 0 ? '' : `, ${bots} ${bots === 1 ? 'bot' : 'bots'}`}`
}

function whenOver({ options: { points }, metadata: { phase, secondsLeft } }: RoomListing<Arena>): string {
  if (phase === 'over') return 'next round soon'
  return `first to ${points}, ${Math.floor(secondsLeft / 60)}:${String(secondsLeft % 60).padStart(2, '0')} left`
}

function element(tag: string, className: string, text: string = ''): HTMLElement {
  const made = document.createElement(tag)
  made.className = className
  made.textContent = text
  return made
}

function button(className: string, text: string, label: string, onClick: () => void): HTMLButtonElement {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = className
  made.textContent = text
  made.setAttribute('aria-label', label)
  made.addEventListener('click', onClick)
  return made
}
