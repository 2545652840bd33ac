// Who asks: the address of the connection, or what a proxy that is trusted says of it. A list of
// addresses is read from its end, since a client can write whatever it likes at the beginning.
import { BlockList, isIP } from 'node:net'
import { formatNetwork, parseNetwork } from '../../src/keys/networks.ts'

export class TrustedProxies {
  readonly #networks = new BlockList()

  /** Networks in CIDR form, or single addresses. What is neither is trusted in nothing. */
  constructor(networks: readonly string[]) {
    for (const network of networks.map(parseNetwork)) {
      if (network === undefined) continue
      const [address = ''] = formatNetwork(network).split('/')
      this.#networks.addSubnet(address, network.prefixLength, `ipv${network.family}`)
    }
  }

  has(address: string): boolean {
    return this.#networks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  }
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
