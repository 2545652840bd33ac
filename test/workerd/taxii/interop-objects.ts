// Objects for the rows of the interoperability filters.
import { indicator, stixId } from '../../support/stix.ts'

export type StixFields = Record<string, unknown> & { id: string }
export type Properties = Record<string, unknown>

const TIMES = { created: '2024-05-01T10:00:00.000Z', modified: '2024-05-01T10:00:00.000Z' }
const ANY = 'indicator--00000000-0000-4000-8000-000000000001'

/** What STIX requires of the types that the rows use, besides what the row is about. */
const REQUIRED: Record<string, Properties> = {
  artifact: {},
  'autonomous-system': { number: 1 },
  'email-message': { is_multipart: false },
  'extension-definition': { created_by_ref: ANY, name: 'x', schema: 'x', version: '1.0.0' },
  file: { name: 'a.exe' },
  grouping: { context: 'unspecified', object_refs: [ANY] },
  identity: { name: 'x' },
  infrastructure: { name: 'x' },
  location: { country: 'de' },
  malware: { name: 'x', is_family: true },
  'malware-analysis': {
    product: 'x',
    analysis_sco_refs: ['file--00000000-0000-4000-8000-000000000001'],
  },
  'network-traffic': {
    protocols: ['tcp'],
    src_ref: 'ipv4-addr--00000000-0000-4000-8000-000000000001',
  },
  opinion: { opinion: 'neutral', object_refs: [ANY] },
  process: { pid: 1 },
  relationship: { relationship_type: 'indicates', source_ref: ANY, target_ref: ANY },
  report: { name: 'x', published: TIMES.created, object_refs: [ANY] },
  sighting: { sighting_of_ref: ANY },
  'threat-actor': { name: 'x' },
  tool: { name: 'x' },
  'user-account': { user_id: '1' },
  'windows-registry-key': { key: 'k' },
}
const UNVERSIONED = new Set([
  ...['artifact', 'autonomous-system', 'email-message', 'file', 'network-traffic', 'process'],
  ...['url', 'user-account', 'windows-registry-key', 'x-value'],
])

/** The smallest object of its type that STIX allows, with these properties. */
export function made(type: string, properties: Properties): StixFields {
  if (type === 'indicator') return indicator(properties)
  const times = UNVERSIONED.has(type) ? {} : TIMES
  const names = { type, spec_version: '2.1', id: stixId(type) }
  return { ...names, ...times, ...REQUIRED[type], ...properties }
}
