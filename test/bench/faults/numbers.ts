/** How many of 0, 1, 2 ... are missing, too many or out of their order. */
export function wrongNumbers(heard: readonly number[], from: number, count: number): number {
  let wrong = Math.abs(heard.length - count)
  for (const [i, n] of heard.entries()) if (n !== from + i) wrong++
  return wrong
}
