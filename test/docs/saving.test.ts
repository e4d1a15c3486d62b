import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Stepper } from 'tickwire/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { useStepper } from '../scenarios/seams.ts'
import { garden } from './saving/garden.ts'
import type { Garden } from './saving/garden.ts'
import { gardenRoom } from './saving/room.ts'
import { expectCompiled, expectLinks } from './snippets.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'tickwire-saving-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const start = useStepper()
/** A server of the same folder, and Ada in the garden of the same key. */
async function open(): Promise<{ stepper: Stepper<Garden>; ada: Awaited<ReturnType<Stepper<Garden>['join']>> }> {
  const stepper = start<Garden>({ rooms: [gardenRoom(folder)], authenticate: (ticket) => ({ id: ticket }) })
  const client = stepper.addClient({ ticket: 'ada' })
  return { stepper, ada: await stepper.join(garden, { name: 'Ada' }, { client, key: 'eden' }) }
}

describe('docs/guide/save-and-restore.md', () => {
  it('shows only code that is compiled and run', () => expectCompiled('docs/guide/save-and-restore.md', './saving'))
  it('links only to files that exist', () => expectLinks('docs/guide/save-and-restore.md'))
})

describe('a room that saves itself', () => {
  it('is the same again after the server was stopped, with what was left to wait', async () => {
    const first = await open()
    await first.stepper.until(first.ada.request('plant', { x: 100, y: 200 }))
    await first.stepper.run(10)
    await first.stepper.stopServers()
    expect(readdirSync(folder)).toEqual(['eden.json'])
    const { stepper, ada } = await open()
    await stepper.run(1)
    const [flower, ...others] = ada.view('flower')
    expect(others).toEqual([])
    expect(flower).toMatchObject({ x: 100, y: 200 })
    expect((flower!.ripeAt - ada.tick) / 20).toBeCloseTo(60 - 10 - 1, 0)
    expect(ada.players.get(ada.seat)!.planted).toBe(1)
  })

  it('is saved every half minute, for the process that never comes to say goodbye', async () => {
    const { stepper, ada } = await open()
    await stepper.until(ada.request('plant', { x: 1, y: 2 }))
    expect(readdirSync(folder)).toEqual([])
    await stepper.run(31)
    expect(JSON.parse(readFileSync(join(folder, 'eden.json'), 'utf8'))).toMatchObject({ flowers: [{ x: 1, y: 2 }] })
  })

  it('is not made from a file that it does not understand', async () => {
    writeFileSync(join(folder, 'eden.json'), '{"version":2}')
    await expect(open()).rejects.toMatchObject({ code: expect.any(String) })
    expect(readFileSync(join(folder, 'eden.json'), 'utf8')).toBe('{"version":2}')
  })
})
