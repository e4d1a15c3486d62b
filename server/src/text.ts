/** The longest beginning of a text that takes at most so many bytes of UTF-8, cut between characters. */
export function clipText(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text
  const bytes = Buffer.from(text)
  let end = maxBytes
  // Bytes 10xxxxxx continue a character: step back to the beginning of the one that does not fit.
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end)
}
