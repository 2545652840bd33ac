// One indicator of the sample feed, and the later version that some of them get.
import { TLP_IDS, type TlpLevel } from './markings.ts'
import type { Sighted } from './patterns.ts'
import type { Random } from './random.ts'

export type Indicator = {
  type: 'indicator'
  spec_version: '2.1'
  id: string
  created_by_ref: string
  created: string
  modified: string
  revoked?: true
  name: string
  description: string
  indicator_types: string[]
  pattern: string
  pattern_type: 'stix'
  pattern_version: '2.1'
  valid_from: string
  valid_until?: string
  kill_chain_phases?: { kill_chain_name: string; phase_name: string }[]
  labels: string[]
  confidence: number
  lang: 'en'
  external_references?: { source_name: string; external_id: string; url: string }[]
  object_marking_refs: string[]
}

const DAY_MS = 86_400_000
const FAMILIES = [
  'AgentTesla',
  'AsyncRAT',
  'Bumblebee',
  'DarkGate',
  'FormBook',
  'Gozi',
  'IcedID',
  'Latrodectus',
  'Lumma',
  'Mirai',
  'Pikabot',
  'QakBot',
  'RedLine',
  'Remcos',
  'Sliver',
  'SmokeLoader',
  'Vidar',
] as const
const ACTIVITIES = [
  { name: 'command and control', phase: 'command-and-control' },
  { name: 'payload delivery', phase: 'delivery' },
  { name: 'credential phishing', phase: 'delivery' },
  { name: 'data exfiltration', phase: 'actions-on-objectives' },
  { name: 'vulnerability scanning', phase: 'reconnaissance' },
  { name: 'persistence', phase: 'installation' },
  { name: 'exploit staging', phase: 'exploitation' },
] as const
const SOURCES = [
  'a sandbox run',
  'an incident response case',
  'honeypot sessions',
  'mail gateway logs',
  'a member submission',
  'passive DNS',
  'sinkhole traffic',
] as const
const LEVELS: readonly [TlpLevel, ...TlpLevel[]] = [
  'clear',
  'clear',
  'clear',
  'green',
  'green',
  'green',
  'green',
  'amber',
  'amber',
  'amber+strict',
  'red',
]

export type Occasion = { sighted: Sighted; createdMs: number; authorId: string }

export function makeIndicator(random: Random, occasion: Occasion): Indicator {
  const { sighted, createdMs, authorId } = occasion
  const family = random.pick(FAMILIES)
  const activity = random.pick(ACTIVITIES)
  const created = new Date(createdMs).toISOString()
  return {
    type: 'indicator',
    spec_version: '2.1',
    id: `indicator--${random.uuid()}`,
    created_by_ref: authorId,
    created,
    modified: created,
    name: `${family} ${activity.name}: ${shortened(sighted.value)}`,
    description: describe(random, sighted.kind, `${family} ${activity.name}`),
    indicator_types: random.chance(0.85) ? ['malicious-activity'] : ['anomalous-activity'],
    pattern: sighted.pattern,
    pattern_type: 'stix',
    pattern_version: '2.1',
    valid_from: created,
    ...(random.chance(0.7) && { valid_until: isoAfterDays(createdMs, random.between(30, 180)) }),
    ...(random.chance(0.75) && {
      kill_chain_phases: [
        { kill_chain_name: 'lockheed-martin-cyber-kill-chain', phase_name: activity.phase },
      ],
    }),
    labels: [family.toLowerCase(), activity.phase],
    confidence: random.between(3, 19) * 5,
    lang: 'en',
    ...(random.chance(0.25) && { external_references: [reference(random)] }),
    object_marking_refs: [TLP_IDS[random.pick(LEVELS)]],
  }
}

/** The same indicator seen again, or taken back: `modified` is later, the rest is its history. */
export function laterVersion(random: Random, first: Indicator, nowMs: number): Indicator {
  const modifiedMs = Date.parse(first.modified)
  const modified = new Date(random.between(modifiedMs + 1, nowMs)).toISOString()
  if (random.chance(0.25)) return { ...first, modified, revoked: true }
  return {
    ...first,
    modified,
    description: `${first.description} Seen again since; confidence raised.`,
    confidence: Math.min(100, first.confidence + 10),
  }
}

function describe(random: Random, kind: string, activity: string): string {
  const origin = `Malicious ${kind} of ${activity}, known from ${random.pick(SOURCES)}.`
  if (random.chance(0.6)) return origin
  return `${origin} Reported ${random.between(2, 60)} times by ${random.between(2, 12)} members.`
}

function reference(random: Random) {
  const number = random.between(1000, 99_999)
  return {
    source_name: 'SOC Defenders case',
    external_id: `CASE-${number}`,
    url: `https://cases.soc-defenders.example/${number}`,
  }
}

function isoAfterDays(ms: number, days: number): string {
  return new Date(ms + days * DAY_MS).toISOString()
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
