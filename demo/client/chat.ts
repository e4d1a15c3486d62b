import type { JoinedRoom, Unsubscribe } from 'tickwire/client'
import type { Arena } from '../shared/schema.ts'
import { find } from './dom.ts'
import { cssColor } from './palette.ts'

const MAX_LINES = 40

/** Shows what is said and sends what is typed; Enter goes into the field, Escape or sending out of it. */
export function openChat(room: JoinedRoom<Arena>): Unsubscribe {
  const lines = find('#chat-lines', HTMLOListElement)
  const form = find('#chat-form', HTMLFormElement)
  const field = find('#chat-text', HTMLInputElement)
  const stage = find('#stage', HTMLElement)
  const listening = new AbortController()
  const { signal } = listening
  lines.replaceChildren()
  form.addEventListener(
    'submit',
    (event) => {
      event.preventDefault()
      const text = field.value.trim()
      // A message that was not taken stays in the field.
      if (text !== '' && !room.send('chat', { text })) return
      field.value = ''
      stage.focus()
    },
    { signal },
  )
  field.addEventListener('keydown', (event) => event.key === 'Escape' && stage.focus(), { signal })
  stage.addEventListener(
    'keydown',
    (event) => {
      if (event.key !== 'Enter') return
      event.preventDefault()
      field.focus()
    },
    { signal },
  )
  const unsubscribe = room.onMessage('chat', ({ from, text }) => addLine(lines, room, from, text))
  return () => {
    listening.abort()
    unsubscribe()
  }
}

function addLine(lines: HTMLOListElement, room: JoinedRoom<Arena>, from: number | null, text: string): void {
  const line = document.createElement('li')
  const author = from === null ? undefined : room.players.get(from)
  if (author) {
    const name = document.createElement('b')
    name.textContent = author.name
    name.style.color = cssColor(author.team)
    line.append(name, ' ')
  } else {
    line.classList.add('notice')
  }
  line.append(text)
  lines.append(line)
  while (lines.childElementCount > MAX_LINES) lines.firstElementChild?.remove()
}
