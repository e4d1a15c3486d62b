/** What a player typed, as the others may see it: one line, no control or invisible characters, at most `maxLetters` long. */
export function spoken(text: string, maxLetters: number): string {
  const visible = text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim()
  return Array.from(visible).slice(0, maxLetters).join('').trim()
}
