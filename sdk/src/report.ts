/** Where the SDK tells a developer what is wrong in their game: the console, or a test. */
export type Report = (message: string, error?: unknown) => void

export const consoleReport: Report = (message, error) => {
  // oxlint-disable-next-line no-console -- the one place of this package that speaks to a person
  if (error === undefined) console.warn(message)
  // oxlint-disable-next-line no-console
  else console.error(message, error)
}

/** Says each thing once: a fault in a frame callback would otherwise say it sixty times a second. */
export function reportOnce(report: Report): Report {
  const said = new Set<string>()
  return (message, error) => {
    if (said.has(message)) return
    said.add(message)
    report(message, error)
  }
}
