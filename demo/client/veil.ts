import type { ConnectionState } from 'tickwire/client'
import { find, setText } from './dom.ts'

interface Words {
  readonly title: string
  readonly text: string
  /** What the button says; without it there is none. */
  readonly button?: string
}

/** Lies over the last picture while nothing can be done but wait, and says what for. */
export class Veil {
  private readonly veil = find('#veil', HTMLElement)
  private readonly title = find('#veil h2', HTMLElement)
  private readonly text = find('#veil p', HTMLElement)
  private readonly button = find('#veil button', HTMLButtonElement)
  private onButton: () => void = () => undefined
  private countdown: ReturnType<typeof setInterval> | undefined

  constructor() {
    this.button.addEventListener('click', () => this.onButton())
  }

  show({ title, text, button = '' }: Words, onButton: () => void = () => undefined): void {
    this.hide()
    setText(this.title, title)
    setText(this.text, text)
    setText(this.button, button)
    this.button.hidden = button === ''
    this.onButton = onButton
    this.veil.hidden = false
  }

  hide(): void {
    clearInterval(this.countdown)
    this.veil.hidden = true
  }

  /** Follows a room's connection: shown while it is being brought back. */
  follow(state: ConnectionState, giveUp: () => void): void {
    if (state.phase !== 'resuming') return this.hide()
    const attempt = state.attempt > 1 ? `, try ${state.attempt}` : ''
    const text = `Your ship and your score are kept. Reconnecting${attempt}.`
    this.show({ title: 'Connection lost', text, button: 'Give up' }, giveUp)
  }

  /** Resolves when it is time for the next try, or rejects when the player does not want to wait. */
  wait(problem: Words, seconds: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let left = seconds
      const say = (): void => setText(this.text, `${problem.text} Next try in ${left} s.`)
      this.show({ ...problem, button: 'Back' }, () => {
        this.hide()
        reject(new NotWaiting())
      })
      say()
      this.countdown = setInterval(() => {
        left--
        say()
        if (left > 0) return
        clearInterval(this.countdown)
        resolve()
      }, 1000)
    })
  }
}

/** The player went back to the lobby instead. */
export class NotWaiting extends Error {}
