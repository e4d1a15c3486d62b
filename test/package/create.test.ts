import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { launchBrowser } from '../e2e/browser.ts'
import { creator, packages } from '../../scripts/tarballs.ts'
import { finish, newFolder, run } from './outside.ts'
import type { Finished } from './outside.ts'

/** What `npm create tickwire my-game` leaves behind, with the packages as they would be released. */
const outside = newFolder()
const game = join(outside, 'my-game')
const tarballs = inject('tarballs')
let browser: Browser

beforeAll(async () => {
  expect(create('my-game')).toMatchObject({ status: 0, stdout: expect.stringContaining('npm start') })
  // As `npm run tarballs` says, since the manifest names a release that is not there yet.
  const imported = packages.map((name) => tarballs[name]!)
  run(game, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', ...imported)
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  rmSync(outside, { recursive: true })
})

/** As `npm create tickwire <folder>` does. */
function create(...args: string[]): Finished {
  return finish(
    outside,
    'npm',
    'exec',
    '--yes',
    `--package=file:${tarballs[creator]}`,
    '--',
    'create-tickwire',
    ...args,
  )
}

/** Starts a script of the game and resolves with the address that it prints. */
async function start(...command: string[]): Promise<string> {
  const child: ChildProcess = spawn(process.execPath, command, { cwd: game, env: { ...process.env, PORT: '0' } })
  onTestFinished(() => void child.kill('SIGKILL'))
  let printed = ''
  return new Promise((resolve, reject) => {
    child.stderr!.on('data', (text: Buffer) => (printed += String(text)))
    child.stdout!.on('data', (text: Buffer) => {
      printed += String(text)
      const url = /http:\/\/localhost:\d+/.exec(stripVTControlCharacters(printed))?.[0]
      if (url !== undefined) resolve(url)
    })
    child.on('exit', (code) => reject(new Error(`ended with ${code}:\n${printed}`)))
  })
}

/** Two pages see each other, and the hero of one moves at the press of a key. */
async function expectPlayable(url: string): Promise<void> {
  const [ada, bob] = await Promise.all([openPage(`${url}/?name=Ada`), openPage(`${url}/?name=Bob`)])
  await ada.locator('#scores', { hasText: 'Bob' }).waitFor()
  await bob.locator('#scores', { hasText: 'Ada' }).waitFor()
  const before = await pictureOf(bob)
  await ada.keyboard.down('ArrowRight')
  await bob.waitForFunction((picture) => document.querySelector('canvas')!.toDataURL() !== picture, before)
  await ada.keyboard.up('ArrowRight')
  // By a finger, too: there are phones in the room.
  const there = await pictureOf(bob)
  await ada.locator('canvas').hover({ position: { x: 60, y: 60 } })
  await ada.mouse.down()
  await bob.waitForFunction((picture) => document.querySelector('canvas')!.toDataURL() !== picture, there)
  await ada.mouse.up()
}

function pictureOf(page: Page): Promise<string> {
  return page.evaluate(() => document.querySelector('canvas')!.toDataURL())
}

async function openPage(url: string): Promise<Page> {
  const page = await browser.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  onTestFinished(async () => {
    await page.close()
    expect(errors).toEqual([])
  })
  await page.goto(url)
  await page.locator('#status', { hasText: 'arrow keys' }).waitFor()
  return page
}

describe('npm create tickwire', () => {
  it('makes a game that type-checks under strict', () => {
    run(game, 'npm', 'run', 'check')
  })

  it('whose test plays a minute of it', () => {
    expect(run(game, 'npm', 'test')).toContain('1 passed')
  })

  it('that starts with one command, server and page on one port', async () => {
    await expectPlayable(await start('node_modules/vite/bin/vite.js', '--port', '0'))
  })

  it('that is built and served from one port, with no server code in the page', async () => {
    run(game, 'npm', 'run', 'build')
    const assets = join(game, 'dist/client/assets')
    const code = readdirSync(assets).map((file) => readFileSync(join(assets, file), 'utf8'))
    for (const trace of ['createGameServer', 'onUpgrade', 'prom-client', 'node:http', 'setMaxListeners']) {
      expect(code.join('\n')).not.toContain(trace)
    }
    // As the Dockerfile of the guide does: what serves it needs no tools.
    run(game, 'npm', 'prune', '--omit=dev')
    expect(existsSync(join(game, 'node_modules/vitest'))).toBe(false)
    await expectPlayable(await start('dist/server/production.js'))
  })

  it('writes into no folder that has something in it, and wants a name', () => {
    const again = create('my-game')
    expect(again).toMatchObject({ status: 1, stderr: expect.stringContaining('is not empty; choose another folder') })
    expect(create()).toMatchObject({ status: 1, stderr: expect.stringContaining('npm create tickwire <folder>') })
  })

  it('says what it does when it is asked', () => {
    expect(create('--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('npm create tickwire <folder>'),
    })
  })

  it('begins in the clone of an empty repository, and prints commands that can be pasted', () => {
    mkdirSync(join(outside, 'second game/.git'), { recursive: true })
    expect(create('second game')).toMatchObject({ status: 0, stdout: expect.stringContaining('cd "second game" &&') })
  })
})
