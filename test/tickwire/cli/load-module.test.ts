import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadGame } from '../../../tickwire/src/cli/load-module.ts'

const folder = mkdtempSync(join(tmpdir(), 'tickwire-game-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A module that exports things in the shape of games. */
function write(name: string, code: string): string {
  const file = join(folder, name)
  writeFileSync(file, code)
  return file
}

const game = (name: string): string => `{ schema: { name: '${name}' }, simulate() {} }`

describe('the game of a module', () => {
  it('is the one that it exports, under whatever name', async () => {
    const file = write('one.mjs', `export const speed = 3; export const pong = ${game('pong')}`)
    expect((await loadGame(file)).schema.name).toBe('pong')
  })

  it('is named behind # where there are several', async () => {
    const file = write('two.mjs', `export const a = ${game('a')}; export const b = ${game('b')}`)
    expect((await loadGame(`${file}#b`)).schema.name).toBe('b')
    await expect(loadGame(file)).rejects.toThrow(`${file}#a or ${file}#b`)
    await expect(loadGame(`${file}#c`)).rejects.toThrow('exports no game "c"; it exports a, b')
  })

  it('is missed in a module that has none, and in one that is not there', async () => {
    await expect(loadGame(write('none.mjs', 'export const x = 1'))).rejects.toThrow('exports no game')
    await expect(loadGame(join(folder, 'gone.mjs'))).rejects.toThrow('cannot load')
  })
})
