import { CLOSE } from '@tickwire/protocol'
import { clipReason } from '@tickwire/protocol/internal'
import type { LinkSecrets } from '@tickwire/protocol/internal'
import type { Clock } from '../clock.ts'
import { quote } from '../log.ts'
import type { Logger } from '../log.ts'
import type { LeaveReason } from '../room/definition.ts'
import { hex, SECRET_BYTES } from '../secrets.ts'
import { isLoopbackAddress } from '../transport/origin.ts'
import type { Peer, Transport, TransportHandlers } from '../transport/transport.ts'
import { AddressRates } from './address-rates.ts'
import { Connection } from './connection.ts'
import type { ConnectionServices } from './connection.ts'
import type { HandshakeOptions, Hello, User } from './handshake.ts'
import { Heartbeats } from './heartbeats.ts'
import { Link } from './link.ts'
import type { LinkServices } from './link.ts'
import type { CloseName, Farewell, LinkConnection } from './online.ts'
import type { Traffic } from '../traffic.ts'

export interface LinksOptions extends Omit<LinkServices, 'heartbeats' | 'onEnded' | 'onDropped'> {
  readonly authenticate: HandshakeOptions['authenticate']
  readonly gate: HandshakeOptions['gate']
  readonly sameUser: SameUser
  readonly log: Logger
  readonly traffic: Traffic
  readonly reportError: (where: string, error: unknown) => void
}

export const SAME_USER = ['allow', 'replace', 'refuse'] as const
/** What becomes of a user who comes a second time, without the token of the first. */
export type SameUser = (typeof SAME_USER)[number]

/** All connections and links of this process. */
export class Links {
  private readonly options: LinksOptions
  private readonly links = new Map<string, Link>()
  private readonly connections = new Set<Connection>()
  /** Every transport that was not closed yet, also those that were turned away. */
  private readonly transports = new Set<Transport>()
  private readonly linkServices: LinkServices
  private readonly connectionServices: ConnectionServices
  private readonly connectionsOfIp = new Tally()
  private readonly linksOfIp = new Tally()
  /** Empty where a user may have several. */
  private readonly linkOfUser = new Map<string, Link>()
  private readonly handshakesOfIp: AddressRates
  private onIdle: (() => void) | null = null
  private isClosing = false
  private farewell: Farewell = { retryAfterMs: 0, address: '' }

  constructor(options: LinksOptions) {
    this.options = options
    const { handshakesPerSecondPerIp: perSecond, rateBurstMs: burstMs } = options.limits
    this.handshakesOfIp = new AddressRates({ perSecond, burstMs })
    this.linkServices = {
      ...options,
      heartbeats: new Heartbeats(options.clock, options.limits.heartbeatIntervalMs),
      onEnded: (link, reason) => this.linkEnded(link, reason),
      onDropped: (link) => options.log.info(`link ${short(link.id)} dropped`),
    }
    this.connectionServices = {
      ...options,
      handshake: { ...options, find: (hello) => this.find(hello) },
      openLink: (user, secrets, connection) => this.open(user, secrets ?? this.drawSecrets(), connection),
      onOver: (connection) => this.connections.delete(connection),
      farewell: () => this.farewell,
    }
  }

  get online(): number {
    return this.count('online')
  }

  get dropped(): number {
    return this.count('dropped')
  }

  /** A new connection; see `Accept`. */
  accept(transport: Transport): TransportHandlers {
    const { ip } = transport.peer
    this.options.counters.add('connections')
    this.transports.add(transport)
    this.connectionsOfIp.add(ip, 1)
    const handlers = this.turnAway(transport) ?? this.connect(transport)
    return {
      onReceive: (bytes) => handlers.onReceive(bytes),
      onClose: (code, reason) => {
        this.connectionsOfIp.add(ip, -1)
        this.transports.delete(transport)
        handlers.onClose(code, reason)
        if (this.transports.size === 0) this.onIdle?.()
      },
    }
  }

  /**
   * Takes nobody new, and sends away whoever has no seat. Resolves when no seat is left, at the latest after `graceMs`: rounds
   * that end within it end in peace.
   */
  async drain(graceMs: number, farewell: Farewell): Promise<void> {
    const { clock, gate } = this.options
    this.farewell = farewell
    gate.shut()
    const untilMs = clock.nowMs() + graceMs
    for (;;) {
      this.sendIdleAway()
      const leftMs = untilMs - clock.nowMs()
      if (this.links.size === 0 || leftMs <= 0 || this.isClosing) return
      await pause(clock, Math.min(leftMs, DRAIN_STEP_MS))
    }
  }

  /**
   * Ends all links and connections for good. Resolves when the peers have answered; those that have not within `graceMs` are
   * dropped.
   */
  async close(graceMs: number, farewell: Farewell): Promise<void> {
    this.isClosing = true
    this.options.gate.shut()
    this.farewell = farewell
    for (const link of this.links.values()) link.sayGoingAway(farewell)
    for (const link of this.links.values()) link.end('room-closed', GOING_AWAY)
    for (const connection of this.connections) connection.detach(GOING_AWAY.name, GOING_AWAY.detail)
    await this.idle(graceMs)
  }

  /** Those who only wait in a lobby would wait for a server that is gone. */
  private sendIdleAway(): void {
    for (const link of this.links.values()) {
      if (link.isPlaying) continue
      link.sayGoingAway(this.farewell)
      link.end('room-closed', GOING_AWAY)
    }
  }

  private connect(transport: Transport): Connection {
    const connection = new Connection(transport, this.connectionServices)
    this.connections.add(connection)
    return connection
  }

  /** Refuses what cannot become a link, in a way that a page can read: a refused upgrade would be 1006. */
  private turnAway(transport: Transport): TransportHandlers | null {
    const { peer } = transport
    const refusal = this.refusalOf(peer)
    if (refusal === null) return null
    const { counters, log } = this.options
    if (refusal.name === 'origin-refused') counters.add('originRefused')
    if (refusal.name === 'too-many-links') counters.add('tooManyLinks')
    if (refusal.name === 'try-later') counters.add('handshakesLimited')
    log.info(`connection of ${peer.ip} refused: ${refusal.name}, ${refusal.detail}`)
    transport.close(CLOSE[refusal.name].code, clipReason(refusal.detail))
    return { onReceive: () => {}, onClose: () => {} }
  }

  private refusalOf(peer: Peer): Refusal | null {
    if (this.isClosing) return GOING_AWAY
    if (!peer.originAllowed) return { name: 'origin-refused', detail: originAdvice(peer) }
    if (this.isFull(this.connectionsOfIp, peer.ip, 1)) return this.tooMany(peer.ip)
    return this.isTooFast(peer.ip) ? { name: 'try-later', detail: `too many handshakes from ${peer.ip}` } : null
  }

  /** @param own what is counted already and must not count against itself */
  private isFull(tally: Tally, ip: string, own: number): boolean {
    return !isLoopbackAddress(ip) && tally.get(ip) - own >= this.options.limits.maxLinksPerIp
  }

  private isTooFast(ip: string): boolean {
    return !isLoopbackAddress(ip) && !this.handshakesOfIp.take(ip, this.options.clock.nowMs())
  }

  private tooMany(ip: string): Refusal {
    return { name: 'too-many-links', detail: `the limit is ${this.options.limits.maxLinksPerIp} links from ${ip}` }
  }

  private drawSecrets(): LinkSecrets {
    const { randomBytes } = this.options
    return { linkId: randomBytes(SECRET_BYTES), token: randomBytes(SECRET_BYTES) }
  }

  private open(user: User, { linkId: id, token }: LinkSecrets, connection: LinkConnection): Link | null {
    const { ip } = connection
    if (!this.makeWay(user, connection)) return null
    if (this.isFull(this.linksOfIp, ip, 0)) {
      const { name, detail } = this.tooMany(ip)
      connection.close(name, detail)
      return null
    }
    const link = new Link({ id, token, user, ip }, connection, this.linkServices)
    this.links.set(hex(id), link)
    if (this.options.sameUser !== 'allow') this.linkOfUser.set(user.id, link)
    this.linksOfIp.add(ip, 1)
    return link
  }

  /** False: the user is here already, and the connection was closed for it. */
  private makeWay(user: User, connection: LinkConnection): boolean {
    const other = this.linkOfUser.get(user.id)
    if (other === undefined) return true
    // A dropped one is not in use: to refuse would lock out who has lost its token.
    if (this.options.sameUser === 'refuse' && other.phase === 'online') {
      connection.close('auth-failed', 'this user is connected already, perhaps in another tab')
      return false
    }
    other.end('kicked', { name: 'replaced', detail: 'the same user has connected again, perhaps in another tab' })
    return true
  }

  /** See `HandshakeOptions`. */
  private find({ linkId, token, resume }: Hello): Link | 'refused' | null {
    const link = this.links.get(hex(linkId))
    if (link?.tokens.matches(token)) return link
    if (link !== undefined || resume !== null) this.options.counters.add('resumesRefused')
    return link === undefined ? null : 'refused'
  }

  private linkEnded(link: Link, reason: LeaveReason): void {
    const { counters, log } = this.options
    this.links.delete(hex(link.id))
    this.linksOfIp.add(link.ip, -1)
    if (this.linkOfUser.get(link.userId) === link) this.linkOfUser.delete(link.userId)
    if (reason === 'expired') counters.add('linksExpired')
    log.info(`link ${short(link.id)} of user ${quote(link.userId)} ended: ${reason}`)
  }

  private count(phase: Link['phase']): number {
    let count = 0
    for (const link of this.links.values()) if (link.phase === phase) count++
    return count
  }

  private async idle(graceMs: number): Promise<void> {
    if (this.transports.size === 0) return
    await new Promise<void>((resolve) => {
      const timer = this.options.clock.setTimer(() => {
        for (const transport of this.transports) transport.terminate()
        resolve()
      }, graceMs)
      this.onIdle = () => {
        timer.cancel()
        resolve()
      }
    })
  }
}

/** How often a draining server looks for links whose seat has ended. */
const DRAIN_STEP_MS = 100

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.setTimer(resolve, ms))
}

interface Refusal {
  readonly name: CloseName
  readonly detail: string
}

const GOING_AWAY: Refusal = { name: 'going-away', detail: 'the server stops' }

/** Counts by name, without keeping names whose count is 0. */
class Tally {
  private readonly counts = new Map<string, number>()

  get(name: string): number {
    return this.counts.get(name) ?? 0
  }

  add(name: string, change: number): void {
    const count = this.get(name) + change
    if (count > 0) this.counts.set(name, count)
    else this.counts.delete(name)
  }
}

/** Enough of an id to find its lines in the log. */
const short = (id: Uint8Array): string => hex(id).slice(0, 8)

function originAdvice({ origin }: Peer): string {
  return `origin ${origin ?? 'none'} is not allowed; add it to allowedOrigins of createGameServer`
}
