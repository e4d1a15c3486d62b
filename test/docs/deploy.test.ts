import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from 'tickwire/client'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { ClientOptions } from 'ws'
import { allowSlowMachines } from '../scenarios/seams.ts'
import { cert, key } from '../server/tls-pair.ts'
import { serveBehindProxy, serveTls, serveUntilTerm } from './deploy/serve.ts'
import { kick } from './kick/kick.ts'
import { expectCompiled, expectLinks } from './snippets.ts'

const PAGE = 'docs/guide/deploy.md'
/** A client of another address than the proxy's: on Linux all of 127.0.0.0/8 is this machine. */
const FROM = '127.0.0.2'
const folder = mkdtempSync(join(tmpdir(), 'tickwire-deploy-'))

const has = (command: string, ...args: string[]): boolean =>
  process.platform === 'linux' && spawnSync(command, args).error === undefined

allowSlowMachines()
beforeAll(() => {
  writeFileSync(join(folder, 'fullchain.pem'), cert)
  writeFileSync(join(folder, 'privkey.pem'), key)
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The one block of a language on the page. */
function blockOf(language: string): string {
  const page = readFileSync(new URL(`../../${PAGE}`, import.meta.url), 'utf8')
  return new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)![1]!
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await vi.waitFor(() => expect(server.listening).toBe(true))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Writes a configuration and runs a proxy with it until the test is over. */
function startProxy(config: string, command: string, args: (file: string) => string[]): void {
  const file = join(folder, `${command}.conf`)
  writeFileSync(file, config)
  const child = spawn(command, args(file), {
    stdio: 'ignore',
    env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder },
  })
  onTestFinished(() => void child.kill())
}

function untilListening(port: number): Promise<void> {
  const dial = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy()
        resolve()
      }).on('error', reject)
    })
  return vi.waitFor(dial, { timeout: 20_000 })
}

/** One who comes from elsewhere and lies about it. */
class FarSocket extends WebSocket {
  constructor(url: string, protocols?: string | string[]) {
    const options: ClientOptions & { readonly localAddress: string } = {
      localAddress: FROM,
      ca: cert,
      headers: { 'x-forwarded-for': '203.0.113.7' },
    }
    super(url, protocols, options)
  }
}

/** A client comes through the proxy, plays, and is known by its own address. */
async function expectPlayable(proxyPort: number, serverPort: number): Promise<void> {
  const addresses: string[] = []
  const server = await serveBehindProxy({
    port: serverPort,
    authenticate: (_ticket, { ip }) => {
      addresses.push(ip)
      return { id: 'ada' }
    },
  })
  onTestFinished(() => server.close())
  const client = createClient(`wss://localhost:${proxyPort}`, { WebSocket: FarSocket, storage: null })
  onTestFinished(() => client.close())
  const room = await client.joinOrCreate(kick, { name: 'Ada' })
  expect(room.players.get(room.seat)!.name).toBe('Ada')
  expect(addresses).toEqual([FROM])
}

describe('docs/guide/deploy.md', () => {
  it('shows only code that is compiled and run', () => expectCompiled(PAGE, './deploy'))
  it('links only to files that exist', () => expectLinks(PAGE))

  it.skipIf(!has('nginx', '-v'))('its nginx passes on WebSockets, and who is behind it', async () => {
    const [port, behind] = [await freePort(), await freePort()]
    const site = blockOf('nginx')
      .replace('listen 443', `listen 127.0.0.1:${port}`)
      .replaceAll('/etc/letsencrypt/live/play.example', folder)
      .replace('127.0.0.1:2567', `127.0.0.1:${behind}`)
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${folder}/${name};`,
    )
    const http = `http { access_log off; ${paths.join(' ')}\n${site} }`
    const config = `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log; events {}\n${http}`
    startProxy(config, 'nginx', (file) => ['-p', folder, '-c', file, '-e', `${folder}/error.log`])
    await untilListening(port)
    await expectPlayable(port, behind)
  })

  it.skipIf(!has('caddy', 'version'))('its Caddy does so without being told', async () => {
    const [port, behind] = [await freePort(), await freePort()]
    const tls = `tls ${folder}/fullchain.pem ${folder}/privkey.pem`
    const site = blockOf('caddy')
      .replace('play.example {', `https://localhost:${port} {\n\tbind 127.0.0.1\n\t${tls}`)
      .replace('127.0.0.1:2567', `127.0.0.1:${behind}`)
    const config = `{\n\tadmin off\n\tauto_https off\n}\n${site}`
    startProxy(config, 'caddy', (file) => ['run', '--config', file, '--adapter', 'caddyfile'])
    await untilListening(port)
    await expectPlayable(port, behind)
  })

  it.skipIf(process.platform !== 'linux')('a server with a certificate of its own needs no proxy', async () => {
    const httpServer = await serveTls(folder, 0)
    onTestFinished(() => void httpServer.close())
    const { port } = httpServer.address() as AddressInfo
    const client = createClient(`wss://localhost:${port}`, { WebSocket: FarSocket, storage: null })
    const room = await client.joinOrCreate(kick, { name: 'Ada' })
    expect(room.players.size).toBe(1)
    await client.close()
  })

  it('SIGTERM drains, and then the process may end', async () => {
    const exit = vi.fn<(code: number) => void>()
    const httpServer = await serveUntilTerm(exit)
    process.emit('SIGTERM', 'SIGTERM')
    await vi.waitFor(() => expect(exit).toHaveBeenCalledWith(0))
    expect(httpServer.listenerCount('upgrade')).toBe(0)
  })
})
