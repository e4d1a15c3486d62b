import { find, setText } from './dom.ts'

const NAME_KEY = 'tickwire.name'

/** The form in front of the arena. */
export class JoinForm {
  private readonly form = find('#join', HTMLFormElement)
  private readonly field = find('#name', HTMLInputElement)
  private readonly button = find('#join button', HTMLButtonElement)
  private readonly error = find('#join-error', HTMLElement)

  /** Shows the form, with what went wrong before if anything did, and resolves with the name that was entered. */
  ask(suggestion: string, problem: string): Promise<string> {
    this.form.hidden = false
    this.setBusy(false)
    setText(this.error, problem)
    this.field.value ||= suggestion || rememberedName()
    this.field.focus()
    this.field.select()
    return new Promise((resolve) => {
      const submit = (event: SubmitEvent): void => {
        event.preventDefault()
        const name = this.field.value.trim()
        if (name === '') return
        this.form.removeEventListener('submit', submit)
        rememberName(name)
        setText(this.error, '')
        this.setBusy(true)
        resolve(name)
      }
      this.form.addEventListener('submit', submit)
    })
  }

  hide(): void {
    this.form.hidden = true
  }

  private setBusy(busy: boolean): void {
    this.button.disabled = busy
    setText(this.button, busy ? 'Joining' : 'Fly')
  }
}

/** Storage may be switched off; then nothing is remembered. */
function rememberedName(): string {
  try {
    return localStorage.getItem(NAME_KEY) ?? ''
  } catch {
    return ''
  }
}

function rememberName(name: string): void {
  try {
    localStorage.setItem(NAME_KEY, name)
  } catch {
    // Not remembered.
  }
}
