// Networks in CIDR notation (RFC 4632, RFC 4291 §2.3) and whether an address lies in one. An IPv4
// address written as IPv6 (`::ffff:192.0.2.1`) is the IPv4 address.

export type Network = { family: 4 | 6; bits: bigint; prefixLength: number }

const FAMILY_BITS = { 4: 32, 6: 128 } as const
const MAPPED_PREFIX = 0xffffn
const MAPPED_BITS = 96

/** True if the address lies in one of the networks; false also for what is not an address. */
export function isInNetworks(address: string, networks: readonly string[]): boolean {
  const host = parseNetwork(address)
  if (host === undefined || address.includes('/')) return false
  return networks.some((text) => {
    const network = parseNetwork(text)
    return network !== undefined && contains(network, host)
  })
}

/** Reads `192.0.2.0/24`, `2001:db8::/32`, or a single address; undefined for anything else. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', length, ...rest] = text.split('/')
  const host = parseIPv4(address) ?? parseIPv6(address)
  if (host === undefined || rest.length > 0) return undefined
  const bitsMax = FAMILY_BITS[host.family]
  if (length === undefined) return canonical({ ...host, prefixLength: bitsMax })
  if (!/^(?:0|[1-9]\d{0,2})$/.test(length) || Number(length) > bitsMax) return undefined
  return canonical({ ...host, prefixLength: Number(length) })
}

/** A network in the one way it is kept: `192.0.2.0/24`, `2001:db8::/32` (RFC 5952 §4). */
export function formatNetwork({ family, bits, prefixLength }: Network): string {
  const hostBits = BigInt(FAMILY_BITS[family] - prefixLength)
  const first = (bits >> hostBits) << hostBits
  return `${family === 4 ? formatIPv4(first) : formatIPv6(first)}/${prefixLength}`
}

function contains(network: Network, host: Network): boolean {
  if (network.family !== host.family) return false
  const hostBits = BigInt(FAMILY_BITS[network.family] - network.prefixLength)
  return network.bits >> hostBits === host.bits >> hostBits
}

type Address = Pick<Network, 'family' | 'bits'>

function parseIPv4(text: string): Address | undefined {
  const octets = text.split('.')
  if (octets.length !== 4 || !octets.every(isOctet)) return undefined
  const bits = octets.reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n)
  return { family: 4, bits }
}

/** A leading zero is refused: some systems read it as octal. */
function isOctet(text: string): boolean {
  return /^(?:0|[1-9]\d{0,2})$/.test(text) && Number(text) <= 255
}

function parseIPv6(text: string): Address | undefined {
  const [head = '', tail, ...rest] = dottedTailAsHex(text).split('::')
  if (rest.length > 0) return undefined
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = 8 - left.length - right.length
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined
  const groups = [...left, ...Array<string>(missing).fill('0'), ...right]
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  const bits = groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
  return { family: 6, bits }
}

function formatIPv4(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join('.')
}

/** The longest run of two and more zero groups, the first of several, stands as `::`. */
function formatIPv6(bits: bigint): string {
  const groups = Array.from({ length: 8 }, (_, at) =>
    ((bits >> BigInt(112 - 16 * at)) & 0xffffn).toString(16),
  )
  const runs = groups.map((_, at) => groups.slice(at).findIndex((group) => group !== '0'))
  const lengths = runs.map((run, at) => (run < 0 ? groups.length - at : run))
  const longest = Math.max(...lengths)
  if (longest < 2) return groups.join(':')
  const start = lengths.indexOf(longest)
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + longest).join(':')}`
}

/** `::ffff:192.0.2.1` as `::ffff:c000:201` (RFC 4291 §2.2 form 3). */
function dottedTailAsHex(text: string): string {
  const start = text.lastIndexOf(':') + 1
  const dotted = start === 0 ? undefined : parseIPv4(text.slice(start))
  if (dotted === undefined) return text
  const high = (dotted.bits >> 16n).toString(16)
  const low = (dotted.bits & 0xffffn).toString(16)
  return `${text.slice(0, start)}${high}:${low}`
}

function canonical(network: Network): Network {
  const isMapped = network.family === 6 && network.bits >> 32n === MAPPED_PREFIX
  if (!isMapped || network.prefixLength < MAPPED_BITS) return network
  return {
    family: 4,
    bits: network.bits & 0xffff_ffffn,
    prefixLength: network.prefixLength - MAPPED_BITS,
  }
}
