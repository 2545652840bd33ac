// STIX patterns about made-up observables: plain ones, and ones that combine several.
import type { Observables } from './observables.ts'
import type { Random } from './random.ts'

/** A pattern, and the value that a person would name it by. */
export type Sighted = { kind: string; value: string; pattern: string }

type Maker = (observables: Observables, random: Random) => Sighted

/** How many indicators of each sort a feed has. */
export const FEED_PLAN: readonly { count: number; make: Maker }[] = [
  { count: 560, make: plain('IPv4 address', 'ipv4-addr', (from) => from.ipv4()) },
  { count: 160, make: plain('IPv6 address', 'ipv6-addr', (from) => from.ipv6()) },
  { count: 600, make: plain('domain', 'domain-name', (from) => from.domain()) },
  { count: 440, make: plain('URL', 'url', (from) => from.url()) },
  { count: 140, make: plain('sender', 'email-addr', (from) => from.email()) },
  { count: 120, make: digest('MD5', 'hashes.MD5') },
  { count: 100, make: digest('SHA-1', "hashes.'SHA-1'") },
  { count: 200, make: digest('SHA-256', "hashes.'SHA-256'") },
  { count: 50, make: fileOfThreeDigests },
  { count: 50, make: namedFile },
  { count: 40, make: addressList },
  { count: 40, make: hostAndAddress },
  { count: 30, make: urlOrDomain },
  { count: 20, make: downloadThenCall },
  { count: 20, make: connection },
]

function plain(kind: string, type: string, give: (from: Observables) => string): Maker {
  return (observables) => {
    const value = give(observables)
    return { kind, value, pattern: `[${type}:value = '${value}']` }
  }
}

function digest(algorithm: 'MD5' | 'SHA-1' | 'SHA-256', path: string): Maker {
  return (observables) => {
    const value = observables.digest(algorithm)
    return { kind: `${algorithm} hash`, value, pattern: `[file:${path} = '${value}']` }
  }
}

function fileOfThreeDigests(observables: Observables): Sighted {
  const value = observables.digest('SHA-256')
  const others = `file:hashes.MD5 = '${observables.digest('MD5')}' OR file:hashes.'SHA-1' = '${observables.digest('SHA-1')}'`
  return { kind: 'file', value, pattern: `[${others} OR file:hashes.'SHA-256' = '${value}']` }
}

/** The apostrophe in the name is escaped as patterns ask for it. */
function namedFile(observables: Observables, random: Random): Sighted {
  const digest = observables.digest('SHA-256')
  const name = observables.fileName()
  const escaped = random.chance(0.3) ? `partner\\'s ${name}` : name
  return {
    kind: 'file',
    value: name,
    pattern: `[file:hashes.'SHA-256' = '${digest}' AND file:name = '${escaped}']`,
  }
}

function addressList(observables: Observables, random: Random): Sighted {
  const addresses = Array.from({ length: random.between(2, 6) }, () => observables.ipv4())
  const list = addresses.map((address) => `'${address}'`).join(', ')
  const value = `${addresses[0]} and ${addresses.length - 1} more`
  return { kind: 'IPv4 addresses', value, pattern: `[ipv4-addr:value IN (${list})]` }
}

function hostAndAddress(observables: Observables): Sighted {
  const value = observables.domain()
  const pattern = `[domain-name:value = '${value}'] AND [ipv4-addr:value = '${observables.ipv4()}']`
  return { kind: 'domain', value, pattern }
}

function urlOrDomain(observables: Observables): Sighted {
  const value = observables.url()
  const pattern = `[url:value = '${value}' OR domain-name:value = '${new URL(value).hostname}']`
  return { kind: 'URL', value, pattern }
}

function downloadThenCall(observables: Observables, random: Random): Sighted {
  const value = observables.domain()
  const file = `[file:hashes.'SHA-256' = '${observables.digest('SHA-256')}']`
  const seconds = random.pick([300, 600, 3600])
  const pattern = `(${file} FOLLOWEDBY [domain-name:value = '${value}']) WITHIN ${seconds} SECONDS`
  return { kind: 'download', value, pattern }
}

function connection(observables: Observables, random: Random): Sighted {
  const value = observables.ipv4()
  const port = random.pick([443, 4444, 8080, 8443])
  const target = `network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '${value}'`
  const pattern = `[${target} AND network-traffic:dst_port = ${port}]`
  return { kind: 'connection', value: `${value} port ${port}`, pattern }
}
