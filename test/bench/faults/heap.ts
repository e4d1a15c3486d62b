import { getHeapSnapshot } from 'node:v8'

interface Snapshot {
  readonly snapshot: {
    readonly meta: { readonly node_fields: readonly string[]; readonly node_types: readonly unknown[] }
  }
  readonly nodes: readonly number[]
}

/** What the engine adds by itself: code that it compiles again and again, and notes on it. */
const OF_THE_ENGINE: readonly string[] = ['code', 'hidden', 'synthetic', 'native', 'object shape']

/** Bytes of all that the program itself holds. The plain size of the heap would count compiled code, which grows for an hour. */
export async function heldBytes(): Promise<number> {
  const { snapshot, nodes } = (await readSnapshot()) as Snapshot
  const { node_fields: fields, node_types: types } = snapshot.meta
  const names = types[0] as readonly string[]
  const [typeAt, sizeAt] = [fields.indexOf('type'), fields.indexOf('self_size')]
  let bytes = 0
  for (let i = 0; i < nodes.length; i += fields.length) {
    if (!OF_THE_ENGINE.includes(names[nodes[i + typeAt]!]!)) bytes += nodes[i + sizeAt]!
  }
  return bytes
}

/** Taking one collects garbage first. */
async function readSnapshot(): Promise<unknown> {
  const parts: Buffer[] = []
  for await (const part of getHeapSnapshot()) parts.push(Buffer.from(part as Uint8Array))
  return JSON.parse(Buffer.concat(parts).toString())
}
