/** The element of the page that `selector` names; the page and the scripts are written for each other. */
export function find<E extends HTMLElement>(selector: string, type: new () => E): E {
  const element = document.querySelector(selector)
  if (element instanceof type) return element
  throw new Error(`index.html has no ${type.name} ${selector}`)
}

/** Writes only what differs: a text that is set again would be laid out, and perhaps read out, again. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

/** Copies a text when the button is pressed, and says so on it; where the browser does not let it, shows what to copy. */
export function copyOnPress(button: HTMLButtonElement, text: () => string, signal?: AbortSignal): void {
  const said = button.textContent ?? ''
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text())
      setText(button, 'Copied')
      await wait(1600)
      setText(button, said)
    } catch {
      window.prompt('Copy this link:', text())
    }
  }
  button.addEventListener('click', () => void copy(), signal === undefined ? {} : { signal })
}
