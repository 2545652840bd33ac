// Who asks: the address of the connection, or what a proxy that is trusted says of it. A list of
// addresses is read from its end, since a client can write whatever it likes at the beginning.
import { BlockList, isIP } from 'node:net'

export class TrustedProxies {
  readonly #networks = new BlockList()

  /** Networks in CIDR form, or single addresses; `isNetwork` has let them through. */
  constructor(networks: readonly string[]) {
    for (const text of networks) {
      const { address, version, prefixLength } = partsOf(text)
      this.#networks.addSubnet(address, prefixLength, typeOf(version))
    }
  }

  has(address: string): boolean {
    return this.#networks.check(address, typeOf(isIP(address)))
  }
}

export function isNetwork(text: string): boolean {
  const { version, prefixLength } = partsOf(text)
  return prefixLength >= 0 && prefixLength <= bitsOf(version)
}

/**
 * Undefined when it cannot be known, because a trusted proxy hands on what is no address: a key
 * that is bound to networks is then refused.
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  proxies: TrustedProxies,
): string | undefined {
  if (peer === undefined || forwardedFor === undefined || !proxies.has(peer)) return peer
  let address: string | undefined
  for (const entry of forwardedFor.split(',').reverse()) {
    address = addressOf(entry.trim())
    if (address === undefined || !proxies.has(address)) return address
  }
  return address
}

/** Some proxies write the port too: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function addressOf(entry: string): string | undefined {
  const [, bracketed, dotted] = /^\[([^\]]+)\](?::\d+)?$|^([\d.]+):\d+$/.exec(entry) ?? []
  const address = bracketed ?? dotted ?? entry
  return isIP(address) === 0 ? undefined : address
}

function partsOf(text: string) {
  const [, address = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const version = isIP(address)
  const prefixLength = length === undefined ? bitsOf(version) : Number(length)
  return { address, version, prefixLength }
}

function typeOf(version: number): 'ipv4' | 'ipv6' {
  return version === 6 ? 'ipv6' : 'ipv4'
}

/** -1 for what is no address. */
function bitsOf(version: number): number {
  if (version === 4) return 32
  return version === 6 ? 128 : -1
}
