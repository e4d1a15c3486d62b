import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { printedUrl, runScript, type ScriptRun } from './demo-process.ts'

function run(script: 'start' | 'dev', port: string, env: Readonly<Record<string, string>> = {}): ScriptRun {
  const started = runScript(script, port, env)
  onTestFinished(() => void started.process.kill('SIGKILL'))
  return started
}

async function opensGameSocket(page: string): Promise<boolean> {
  const socket = new WebSocket(`${page.replace('http', 'ws')}tickwire`, { origin: new URL(page).origin })
  try {
    await once(socket, 'open')
    return true
  } finally {
    socket.terminate()
  }
}

describe.each(['start', 'dev'] as const)('npm %s', (script) => {
  it('serves page and game on the printed URL until a signal, then ends with 0', async () => {
    const started = run(script, '0')
    const page = await printedUrl(started)
    const response = await fetch(page)
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('<script type="module"')
    expect(await opensGameSocket(page)).toBe(true)
    expect(await (await fetch(`${page}admin`)).text()).toContain('/api/overview')
    started.process.kill('SIGTERM')
    expect(await started.ended).toBe(0)
    expect(started.output()).toContain('SIGTERM: stopping')
  })

  it('says where phones find it, when it lets other machines in', async () => {
    const started = run(script, '0', { HOST: '0.0.0.0' })
    const { port } = new URL(await printedUrl(started))
    const addresses = Object.values(networkInterfaces()).flatMap((known) => known ?? [])
    for (const { address, family, internal } of addresses) {
      if (family !== 'IPv4') continue
      const line = `On your network: http://${address}:${port}/`
      if (internal) expect(started.output()).not.toContain(line)
      else expect(started.output()).toContain(line)
    }
  })

  it('tells of a taken port in one line and ends with 1', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    try {
      const started = run(script, String(port))
      expect(await started.ended).toBe(1)
      expect(started.output()).toMatch(new RegExp(`^Port ${port} is taken: [^\n]+PORT=\\d+ npm start\n$`))
    } finally {
      other.close()
    }
  })

  it.each(['70000', 'http', '1.5', '-1'])('refuses PORT=%s with what it expected', async (port) => {
    const started = run(script, port)
    expect(await started.ended).toBe(1)
    expect(started.output()).toBe(`PORT is "${port}"; expected a whole number from 0 to 65535\n`)
  })
})
