import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { JWTHeaderParameters } from 'jose'
import { exportJWK, SignJWT, UnsecuredJWT } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { ConfigError, RefusedError } from '@tickwire/protocol'
import { jwtTickets } from '@tickwire/server'
import type { JwtTicketOptions, Peer, User } from '@tickwire/server'
import { jwtTicketsWith } from '../../../server/src/identity/jwt.ts'

const peer: Peer = { ip: '10.0.0.7', origin: null, originAllowed: true }
const key = new TextEncoder().encode('a secret of at least thirty-two bytes')
const nowMs = 1_800_000_000_000
const wallClockMs = (): number => nowMs
const options: JwtTicketOptions = { key, algorithms: ['HS256'], audience: 'arena', wallClockMs }

interface Claims {
  readonly [name: string]: unknown
}
const token = (claims: Claims = {}, header: JWTHeaderParameters = { alg: 'HS256' }): SignJWT =>
  new SignJWT({ sub: 'ada', aud: 'arena', exp: nowMs / 1000 + 60, ...claims }).setProtectedHeader(header)

const check = async (ticket: string, changes: Partial<JwtTicketOptions> = {}): Promise<User> =>
  jwtTickets({ ...options, ...changes })(ticket, peer)

const invalid = { name: 'RefusedError', code: 'ticket-invalid' }

describe('a JSON Web Token', () => {
  it('tells who its bearer is, and what it opens', async () => {
    expect(await check(await token().sign(key))).toEqual({ id: 'ada' })
    const bound = await token({ game: 'arena', room: 'lounge' }).sign(key)
    expect(await check(bound)).toEqual({ id: 'ada', game: 'arena', room: 'lounge' })
  })

  it('is read as the caller likes', async () => {
    const user = ({ name }: Claims): User => ({ id: String(name) })
    expect(await check(await token({ name: 'Ada' }).sign(key), { user })).toEqual({ id: 'Ada' })
    const nobody = (): never => {
      throw new RefusedError('banned')
    }
    await expect(check(await token().sign(key), { user: nobody })).rejects.toMatchObject({ code: 'banned' })
  })

  it('that has expired says so', async () => {
    const ticket = await token({ exp: nowMs / 1000 }).sign(key)
    await expect(check(ticket)).rejects.toMatchObject({ name: 'RefusedError', code: 'ticket-expired' })
  })

  it.each<[string, Claims]>([
    ['for another audience', { aud: 'other' }],
    ['without an audience', { aud: undefined }],
    ['that never expires', { exp: undefined }],
    ['without a user', { sub: undefined }],
    ['that is not valid yet', { nbf: nowMs / 1000 + 60 }],
  ])('%s is none', async (_, claims) => {
    await expect(check(await token(claims).sign(key))).rejects.toMatchObject(invalid)
  })

  it('of another issuer, key or signature is none', async () => {
    const other = new TextEncoder().encode('x'.repeat(32))
    await expect(check(await token().sign(other))).rejects.toMatchObject(invalid)
    await expect(check(await token({ iss: 'evil' }).sign(key), { issuer: 'us' })).rejects.toMatchObject(invalid)
    await expect(check(await token().sign(key), { algorithms: ['HS512'] })).rejects.toMatchObject(invalid)
  })

  it('without a signature is none, whatever its header says', async () => {
    const unsigned = new UnsecuredJWT({ sub: 'ada', aud: 'arena', exp: nowMs / 1000 + 60 }).encode()
    await expect(check(unsigned)).rejects.toMatchObject(invalid)
  })

  it('that was signed with the public key as if it were a secret is none', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const good = await token({}, { alg: 'RS256' }).sign(privateKey)
    expect(await check(good, { key: publicKey, algorithms: ['RS256'] })).toEqual({ id: 'ada' })
    const pem = new TextEncoder().encode(publicKey.export({ type: 'spki', format: 'pem' }) as string)
    const confused = await token().sign(pem)
    await expect(check(confused, { key: publicKey, algorithms: ['RS256'] })).rejects.toMatchObject(invalid)
  })

  it('that is truncated or garbled is none', async () => {
    const ticket = await token().sign(key)
    for (const bad of [ticket.slice(0, -1), ticket.slice(0, 20), 'a.b.c', '..', 'null', '💥']) {
      await expect(check(bad)).rejects.toMatchObject(invalid)
    }
    await expect(check('')).rejects.toMatchObject({ code: 'ticket-missing' })
  })
})

describe('a key set of another server', () => {
  const servers: ReturnType<typeof createServer>[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) server.close()
  })

  async function keySet(body: () => string): Promise<URL> {
    const server = createServer((_request, response) => response.end(body()))
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`)
  }

  it('has the keys that tokens name', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }
    const url = await keySet(() => JSON.stringify({ keys: [jwk] }))
    const sign = (kid: string): Promise<string> => token({}, { alg: 'ES256', kid }).sign(privateKey)
    const changes = { key: url, algorithms: ['ES256'] }
    expect(await check(await sign('k1'), changes)).toEqual({ id: 'ada' })
    await expect(check(await sign('k2'), changes)).rejects.toMatchObject(invalid)
  })

  it('that cannot be read is a fault of ours, and no refusal', async () => {
    const url = await keySet(() => 'oops')
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const ticket = await token({}, { alg: 'ES256', kid: 'k1' }).sign(privateKey)
    await expect(check(ticket, { key: url, algorithms: ['ES256'] })).rejects.not.toBeInstanceOf(RefusedError)
  })
})

describe('wrong options', () => {
  it.each<[string, object]>([
    ['no key', { key: undefined }],
    ['a key as a text', { key: 'secret' }],
    ['no algorithms', { algorithms: [] }],
    ['no signature as an algorithm', { algorithms: ['none'] }],
    ['no audience', { audience: '' }],
  ])('%s: thrown at once', (_, changes) => {
    expect(() => jwtTickets({ ...options, ...changes })).toThrow(ConfigError)
  })

  it('jose that is not installed is named, and how to get it', async () => {
    const authenticate = jwtTicketsWith(options, () => Promise.reject(new Error('Cannot find package jose')))
    await expect(async () => authenticate('a.b.c', peer)).rejects.toThrow(/the package jose.*npm install jose/)
  })
})
