import { BlockList, isIP } from 'node:net'
import { ConfigError } from '@tickwire/protocol'
import { plainAddress } from './origin.ts'

/** Which addresses are our own proxies, whose word about who is behind them counts. */
export type IsTrusted = (address: string) => boolean

/**
 * Reads a list of addresses and networks: `['10.0.0.0/8', '127.0.0.1', 'fd00::/8']`.
 * @throws ConfigError naming the entry that is none
 */
export function trustedProxies(entries: readonly string[]): IsTrusted {
  const list = new BlockList()
  for (const entry of entries) addEntry(list, entry)
  return (address) => {
    const version = isIP(address)
    return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4')
  }
}

const EXPECTED = "addresses or networks like '10.0.0.0/8'"

function addEntry(list: BlockList, entry: string): void {
  const [address = '', bits, ...rest] = typeof entry === 'string' ? entry.split('/') : []
  const version = isIP(address)
  const maxBits = version === 6 ? 128 : 32
  const length = bits === undefined ? maxBits : Number(bits)
  const isLength = (bits === undefined || /^\d{1,3}$/.test(bits)) && length <= maxBits
  if (version === 0 || !isLength || rest.length > 0) throw new ConfigError('trustedProxies', EXPECTED, entry)
  list.addSubnet(address, length, version === 6 ? 'ipv6' : 'ipv4')
}

/**
 * The address of the client, which limits are counted by. Each proxy appends whom it got the request from, so the header is
 * read from its end for as long as the speaker is trusted: what stands before that, anybody may have written.
 * @param remote the other end of the socket
 * @param forwarded the `X-Forwarded-For` headers, joined
 */
export function clientAddress(remote: string, forwarded: string, isTrusted: IsTrusted): string {
  let address = plainAddress(remote)
  const hops = forwarded === '' ? [] : forwarded.split(',')
  while (hops.length > 0 && isTrusted(address)) {
    const hop = plainAddress(hops.pop()!.trim())
    // A word that is no address: whoever let it through is the last one that we know.
    if (isIP(hop) === 0) break
    address = hop
  }
  return address
}
