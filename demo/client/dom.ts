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
