// Objects of every kind the server treats in its own way, each known by a number, in versions and
// forms that collide on purpose. Beside the text stands what a plain reading of it says.
import { traitsAt } from './traits.ts'

/** `spelling` 1 is the same JSON in another text, 2 the same version with other content. */
export type Draft = { slot: number; tick: number; form: '2.0' | '2.1'; spelling: 0 | 1 | 2 }

export type Fields = Record<string, unknown> & { type: string; id: string }

export type Stix = {
  id: string
  type: string
  specVersion: '2.0' | '2.1'
  /** Instant of `modified`, else of `created`; empty without either. */
  instant: string
  /** The text of the same; null without either. */
  version: string | null
  fields: Fields
  text: string
  /** STIX types an indicator's pattern is about, values and hashes it looks for. */
  about: About
}

export type About = { types: string[]; values: string[]; md5: string[] }

export const MD5 = 'd41d8cd98f00b204e9800998ecf8427e'
export const TLP_GREEN = 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb'
export const TLP_RED = 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1'
const NOTHING: About = { types: [], values: [], md5: [] }
const CREATED = '2024-05-01T10:00:00.000Z'

type Maker = {
  type: string
  make: (tick: number) => Record<string, unknown>
  about?: About
  isVersioned?: false
}

/** The last of them has no entry of its own. */
export const ADDRESSES = Array.from({ length: 220 }, (_, i) => `192.0.2.${i}`)

const MAKERS: Maker[] = [
  { type: 'identity', make: () => ({ name: 'Harbor ISAC', identity_class: 'organization' }) },
  { type: 'identity', make: () => ({ name: 'Emotet', identity_class: 'individual' }) },
  {
    type: 'marking-definition',
    make: () => ({ definition_type: 'statement', definition: { statement: 'none' } }),
  },
  pattern("[ipv4-addr:value = '198.51.100.7']", { types: ['ipv4-addr'], values: ['198.51.100.7'] }),
  pattern("[domain-name:value IN ('a.example', 'b.example')]", {
    types: ['domain-name'],
    values: ['a.example', 'b.example'],
  }),
  pattern(`[file:hashes.MD5 = '${MD5.toUpperCase()}']`, { types: ['file'], md5: [MD5] }),
  pattern("[ipv4-addr:value = '203.0.113.9'] AND [url:value = 'https://a.example/']", {
    types: ['ipv4-addr', 'url'],
    values: ['203.0.113.9', 'https://a.example/'],
  }),
  pattern("[ipv4-addr:value != '198.51.100.7']", { types: ['ipv4-addr'] }),
  {
    type: 'ipv4-addr',
    isVersioned: false,
    make: () => ({ value: '198.51.100.7' }),
    about: { ...NOTHING, values: ['198.51.100.7'] },
  },
  {
    type: 'url',
    isVersioned: false,
    make: () => ({ value: 'https://a.example/' }),
    about: { ...NOTHING, values: ['https://a.example/'] },
  },
  {
    type: 'file',
    isVersioned: false,
    make: () => ({ hashes: { MD5 } }),
    about: { ...NOTHING, md5: [MD5] },
  },
  { type: 'malware', make: () => ({ name: 'Emotet', is_family: true }) },
  {
    type: 'relationship',
    make: () => ({ relationship_type: 'indicates', source_ref: idOf(3), target_ref: idOf(11) }),
  },
  { type: 'x-thing', make: () => ({ name: 'ä "quoted" \\ name', n: 12345.678 }) },
  {
    type: 'x-atom',
    isVersioned: false,
    make: () => ({ value: 'no observable of STIX' }),
    about: { ...NOTHING, values: ['no observable of STIX'] },
  },
  { type: 'course-of-action', make: () => ({ name: 'large', text: 'é'.repeat(18_000) }) },
  { type: 'x-traits', make: traitsAt },
  { type: 'x-traits', make: (tick) => traitsAt(tick + 1) },
  // More values than an object has entries for.
  pattern(`[ipv4-addr:value IN (${ADDRESSES.map((each) => `'${each}'`).join(', ')})]`, {
    types: ['ipv4-addr'],
    values: ADDRESSES,
  }),
]

export const SLOTS = MAKERS.length

export function idOf(slot: number): string {
  const { type } = makerOf(slot)
  return `${type}--00000000-0000-4000-8000-${String(slot).padStart(12, '0')}`
}

/** The instant that a tick stands for, as `modified` and as `match[version]` write it. */
export function timeOf(tick: number): string {
  return `2024-06-0${1 + tick}T10:00:00.000Z`
}

export function stixOf({ slot, tick, form, spelling }: Draft): Stix {
  const { type, make, about = NOTHING, isVersioned = true } = makerOf(slot)
  const specVersion = type === 'x-atom' ? '2.1' : form
  const times: Times = isVersioned ? timesOf(type, tick) : {}
  const version = times.modified ?? times.created ?? null
  const fields: Fields = {
    type,
    ...(specVersion === '2.1' ? { spec_version: '2.1' } : {}),
    ...(specVersion === '2.0' && !isVersioned ? { spec_version: '2.0' } : {}),
    id: idOf(slot),
    ...times,
    ...(isVersioned ? detailsOf(tick) : {}),
    ...make(tick),
    ...(type === 'indicator' && specVersion === '2.1' ? { pattern_type: 'stix' } : {}),
    ...(spelling === 2 ? { x_other: tick } : {}),
  }
  const text = JSON.stringify(fields, undefined, spelling === 1 ? 1 : undefined)
  const instant = version === null ? '' : bare(version)
  return { id: fields.id, type, specVersion, instant, version, fields, text, about }
}

/** Without `Z`, and without zeros at the end of a fraction, timestamps sort as time does. */
export function bare(timestamp: string): string {
  return timestamp.includes('.') ? timestamp.replace(/\.?0*Z$/, '') : timestamp.slice(0, -1)
}

function makerOf(slot: number): Maker {
  const maker = MAKERS[slot]
  if (maker === undefined) throw new RangeError(`no object ${slot}`)
  return maker
}

function pattern(text: string, about: Partial<About>): Maker {
  const fields = { pattern: text, valid_from: CREATED }
  return { type: 'indicator', make: () => fields, about: { ...NOTHING, ...about } }
}

type Times = { created?: string; modified?: string }

function timesOf(type: string, tick: number): Times {
  const created = CREATED
  return type === 'marking-definition' ? { created } : { created, modified: timeOf(tick) }
}

function detailsOf(tick: number): Record<string, unknown> {
  return {
    ...(tick === 0 ? {} : { confidence: tick * 20 }),
    ...(tick % 2 === 0 ? { labels: ['even', `tick-${tick}`] } : {}),
    ...(tick === 4 ? { revoked: true } : {}),
    ...(tick === 1 ? { granular_markings: [{ marking_ref: TLP_RED, selectors: ['id'] }] } : {}),
    ...(tick === 3 ? { revoked: false, object_marking_refs: [TLP_GREEN] } : {}),
    ...(tick === 2
      ? { kill_chain_phases: [{ kill_chain_name: 'k', phase_name: 'delivery' }] }
      : {}),
  }
}
