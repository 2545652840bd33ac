// What STIX 2.1 requires of the properties of an object, by its type. Types that are not here
// require nothing.

export type Shape =
  | 'text'
  | 'boolean'
  | 'integer'
  | 'timestamp'
  | 'identifier'
  | 'list'
  | 'dictionary'

/**
 * Properties that must be there (§§4–7). Left out on purpose: the `name` of a grouping and the
 * `is_family` of a malware, because two published editions of STIX 2.1 contradict each other there.
 */
export const requiredProperties: ReadonlyMap<string, ReadonlyMap<string, Shape>> = byType({
  'attack-pattern': { name: 'text' },
  campaign: { name: 'text' },
  'course-of-action': { name: 'text' },
  grouping: { context: 'text', object_refs: 'list' },
  identity: { name: 'text' },
  incident: { name: 'text' },
  indicator: { pattern: 'text', pattern_type: 'text', valid_from: 'timestamp' },
  infrastructure: { name: 'text' },
  'intrusion-set': { name: 'text' },
  'malware-analysis': { product: 'text' },
  note: { content: 'text', object_refs: 'list' },
  'observed-data': {
    first_observed: 'timestamp',
    last_observed: 'timestamp',
    number_observed: 'integer',
  },
  opinion: { opinion: 'text', object_refs: 'list' },
  report: { name: 'text', published: 'timestamp', object_refs: 'list' },
  'threat-actor': { name: 'text' },
  tool: { name: 'text' },
  vulnerability: { name: 'text' },

  relationship: {
    relationship_type: 'text',
    source_ref: 'identifier',
    target_ref: 'identifier',
  },
  sighting: { sighting_of_ref: 'identifier' },

  'autonomous-system': { number: 'integer' },
  directory: { path: 'text' },
  'domain-name': { value: 'text' },
  'email-addr': { value: 'text' },
  'email-message': { is_multipart: 'boolean' },
  'ipv4-addr': { value: 'text' },
  'ipv6-addr': { value: 'text' },
  'mac-addr': { value: 'text' },
  mutex: { name: 'text' },
  'network-traffic': { protocols: 'list' },
  software: { name: 'text' },
  url: { value: 'text' },

  'extension-definition': {
    created_by_ref: 'identifier',
    name: 'text',
    schema: 'text',
    version: 'text',
    extension_types: 'list',
  },
  'language-content': { object_ref: 'identifier', contents: 'dictionary' },
})

/** Sets of properties of which at least one must be there whole. */
export const requiredAlternatives: ReadonlyMap<string, string[][]> = new Map(
  Object.entries({
    file: [['hashes'], ['name']],
    location: [['region'], ['country'], ['latitude', 'longitude']],
    'malware-analysis': [['result'], ['analysis_sco_refs']],
    'marking-definition': [['definition_type', 'definition'], ['extensions']],
    'network-traffic': [['src_ref'], ['dst_ref']],
    'observed-data': [['object_refs'], ['objects']],
  }),
)

/** Properties that any object may have, and what they then are (§3.2). */
export const commonProperties: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['created_by_ref', 'identifier'],
  ['revoked', 'boolean'],
  ['labels', 'list'],
  ['confidence', 'integer'],
  ['external_references', 'list'],
  ['object_marking_refs', 'list'],
  ['granular_markings', 'list'],
])

/** Observables that need at least one property of their own, whichever (§6). */
export const typesWithAnyProperty: ReadonlySet<string> = new Set([
  'process',
  'user-account',
  'windows-registry-key',
  'x509-certificate',
])

function byType(
  table: Record<string, Record<string, Shape>>,
): Map<string, ReadonlyMap<string, Shape>> {
  return new Map(
    Object.entries(table).map(([type, properties]) => [type, new Map(Object.entries(properties))]),
  )
}
