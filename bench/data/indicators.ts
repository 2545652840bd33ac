// The benchmark's own feed: indicators as threat feeds publish them, 800 to 900 bytes each, made
// from a seed. Addresses and names are those set aside for documentation and tests (RFC 2606,
// 3849, 5737, 6761). A longer feed begins with every shorter one.
import { Random } from '../../cli/sample-feed/random.ts'

const SEED = 20_260_101
const FIRST_CREATED_MS = Date.parse('2025-01-01T00:00:00.000Z')
const SPACING_MS = 1_500
const VALID_MS = 90 * 86_400_000
const AUTHOR = 'identity--5206ba14-478f-4b0b-9a48-395f690c20a2'
const MARKINGS = [
  'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487',
  'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb',
  'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421',
] as const
const FAMILIES = [
  'agenttesla',
  'asyncrat',
  'formbook',
  'lumma',
  'mirai',
  'remcos',
  'vidar',
] as const
const PHASES = ['reconnaissance', 'delivery', 'exploitation', 'command-and-control'] as const
const ORIGINS = ['honeypot sessions', 'mail gateway logs', 'passive DNS', 'a sandbox run'] as const

/** Texts of `count` indicators, one JSON object each. */
export function* indicatorTexts(count: number): Generator<string> {
  const random = new Random(SEED)
  for (let place = 0; place < count; place++) {
    yield JSON.stringify(makeIndicator(random, FIRST_CREATED_MS + place * SPACING_MS))
  }
}

function makeIndicator(random: Random, createdMs: number) {
  const { value, pattern, kind } = random.pick(OBSERVED)(random)
  const family = random.pick(FAMILIES)
  const phase = random.pick(PHASES)
  const created = new Date(createdMs + random.below(SPACING_MS)).toISOString()
  const report = random.between(10_000, 99_999)
  return {
    type: 'indicator',
    spec_version: '2.1',
    id: `indicator--${random.uuid()}`,
    created_by_ref: AUTHOR,
    created,
    modified: created,
    name: `${family} ${kind}: ${value.slice(0, 48)}`,
    description: `Seen ${random.between(2, 900)} times in ${random.pick(ORIGINS)}.`,
    indicator_types: ['malicious-activity'],
    pattern,
    pattern_type: 'stix',
    pattern_version: '2.1',
    valid_from: created,
    valid_until: new Date(createdMs + VALID_MS).toISOString(),
    kill_chain_phases: [{ kill_chain_name: 'lockheed-martin-cyber-kill-chain', phase_name: phase }],
    labels: [family],
    confidence: random.between(5, 95),
    external_references: [{ source_name: 'Bench', url: `https://bench.example/${report}` }],
    object_marking_refs: [random.pick(MARKINGS)],
  }
}

type Observed = { kind: string; value: string; pattern: string }

const OBSERVED = [
  (random: Random) => observed('IPv4 address', 'ipv4-addr:value', ipv4(random)),
  (random: Random) => observed('IPv6 address', 'ipv6-addr:value', ipv6(random)),
  (random: Random) => observed('domain', 'domain-name:value', domain(random)),
  (random: Random) => observed('URL', 'url:value', `https://${domain(random)}/${random.hex(16)}`),
  (random: Random) => observed('file', "file:hashes.'SHA-256'", random.hex(64)),
] as const

function observed(kind: string, path: string, value: string): Observed {
  return { kind, value, pattern: `[${path} = '${value}']` }
}

function ipv4(random: Random): string {
  const network = random.pick(['192.0.2', '198.51.100', '203.0.113'])
  return `${network}.${random.between(1, 254)}`
}

function ipv6(random: Random): string {
  const group = () => random.between(1, 0xffff).toString(16)
  return `2001:db8:${group()}:${group()}::${group()}`
}

function domain(random: Random): string {
  return `${random.hex(random.between(6, 14))}.${random.pick(['example', 'test', 'invalid'])}`
}
