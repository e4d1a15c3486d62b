/** Each rule of docs/protocol.md is held by a test that carries its id, and no test carries an id that is no rule. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

/** Rules that no test can hold, each with the reason. There is none. */
const NOT_TESTABLE: Readonly<Record<string, string>> = {}

const RULES = [...read('docs/protocol.md').matchAll(/^- \*\*\[([A-Z]{3}\d+)\]\*\*/gm)].map(([, id]) => id!)

/** The ids in the names of tests, as they stand in the files of a folder. */
function idsIn(folder: string, ending: string): string[] {
  return readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending) && !path.includes('node_modules'))
    .flatMap((path) => [...read(`${folder}/${path}`).matchAll(/\[([A-Z]{3}\d+)\]/g)].map(([, id]) => id!))
}

describe('the rules of docs/protocol.md', () => {
  it('have one id each', () => {
    expect(RULES.length).toBeGreaterThan(40)
    expect(RULES).toEqual([...new Set(RULES)])
  })

  it('stand in the name of a test, each of them', () => {
    const tested = new Set(idsIn('test', '.test.ts'))
    expect(RULES.filter((id) => !tested.has(id) && NOT_TESTABLE[id] === undefined)).toEqual([])
    expect(Object.keys(NOT_TESTABLE).filter((id) => tested.has(id) || !RULES.includes(id))).toEqual([])
  })

  it('stand in the names of the conformance tests, as far as they concern decoding', () => {
    // What is left out is how ends behave over time; the tests of server and sdk hold that.
    const behaviour = [
      'HSK',
      'REL',
      'CLK',
      'LOB',
      'PKT4',
      'PKT5',
      'INP4',
      'SNP4',
      'SNP5',
      'SNP6',
      'SNP7',
      'EVT3',
      'VER',
      'LSE5',
    ]
    const decoding = RULES.filter((id) => !behaviour.some((one) => id.startsWith(one)))
    const tested = new Set(idsIn('test/conformance', '.test.ts'))
    expect(decoding.filter((id) => !tested.has(id))).toEqual([])
  })

  it('are all that tests carry as ids', () => {
    expect([...new Set(idsIn('test', '.test.ts'))].filter((id) => !RULES.includes(id))).toEqual([])
  })
})

describe('the second decoder', () => {
  it('takes nothing from the product but types', () => {
    const folder = 'test/conformance/decoder'
    for (const file of readdirSync(new URL(folder, root))) {
      const imports = [...read(`${folder}/${file}`).matchAll(/^import (type )?.* from '(.*)'$/gm)]
      const values = imports.filter(([, type]) => type === undefined).map(([, , from]) => from!)
      expect(values.filter((from) => !from.startsWith('./') && from !== 'msgpackr')).toEqual([])
    }
  })
})
