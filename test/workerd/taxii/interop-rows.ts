// For every field of the interoperability filters: what is asked, an object that matches, and one
// that differs from it in nothing else and does not.
import { made, type Properties, type StixFields } from './interop-objects.ts'

export type Row = [asked: string, matches: StixFields, other: StixFields]

const A = 'indicator--00000000-0000-4000-8000-00000000000a'
const B = 'indicator--00000000-0000-4000-8000-00000000000b'
const GREEN = 'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da'
const AMBER = 'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82'
const STATEMENT = 'marking-definition--00000000-0000-4000-8000-000000000001'
const TLP: [level: string, mark: string][] = [
  ['white', 'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9'],
  ['clear', 'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9'],
  ['clear', 'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487'],
  ['WHITE', 'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487'],
  ['green', 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb'],
  ['green', GREEN],
  ['amber', 'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421'],
  ['amber', AMBER],
  ['amber%2Bstrict', 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003'],
  ['red', 'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed'],
  ['red', 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1'],
]

function row(asked: string, type: string, matches: Properties, other: Properties): Row {
  return [asked, made(type, matches), made(type, other)]
}

/** Of a text, a list that holds it is not it. */
function property(type: string, name: string, yes: unknown, no: unknown): Record<string, Row[]> {
  const inList = row(String(yes), 'x-thing', { [name]: yes }, { [name]: [yes] })
  const own = row(String(yes), type, { [name]: yes }, { [name]: no })
  return { [name]: typeof yes === 'string' ? [own, inList] : [own] }
}

/** Also among alternatives; a list that holds the text as a part of another does not match. */
function listOf(type: string, name: string): Record<string, Row[]> {
  const other = { [name]: ['first', 'askedfor'] }
  return { [name]: [row('none,asked', type, { [name]: ['first', 'asked'] }, other)] }
}

function inExtension(type: string, extension: string, name: string): Record<string, Row[]> {
  const having = (value: string) => ({ extensions: { [extension]: { [name]: value } } })
  const elsewhere = { [name]: 'asked', extensions: { 'x-ext': { [name]: 'asked' } } }
  return {
    [name]: [
      row('asked', type, having('asked'), having('other')),
      row('asked', type, having('asked'), elsewhere),
    ],
  }
}

/** The bound itself is inside; nothing at all is outside of both. */
function bounds(type: string, name: string): Record<string, Row[]> {
  const having = (value: number) => ({ [name]: value })
  const absent = () => made(type === 'autonomous-system' ? 'x-nothing' : type, {})
  return {
    [`${name}-gte`]: [
      row('50', type, having(50), having(49)),
      row('49.5', type, having(50), having(49)),
      // As numbers, not as texts.
      row('9', type, having(50), having(8)),
      ['0', made(type, having(0)), absent()],
    ],
    [`${name}-lte`]: [
      row('50', type, having(50), having(51)),
      row('50.5', type, having(50), having(51)),
      row('9', type, having(8), having(50)),
      ['100', made(type, having(0)), absent()],
    ],
  }
}

function hash(algorithm: string): Record<string, Row[]> {
  const hashes = (text: string) => ({ hashes: { [algorithm]: text } })
  const sections = (text: string) => ({
    extensions: { 'windows-pebinary-ext': { pe_type: 'exe', sections: [hashes(text)] } },
  })
  const streams = (text: string) => ({
    extensions: { 'ntfs-ext': { alternate_data_streams: [{ name: 's', ...hashes(text) }] } },
  })
  const headers = (text: string) => ({
    extensions: { 'windows-pebinary-ext': { file_header_hashes: hashes(text).hashes } },
  })
  const compared = (text: string, operator = '=') => ({
    pattern: `[file:hashes.'${algorithm}' ${operator} '${text}']`,
  })
  const [no, other] = [`b${algorithm}`, { hashes: { 'x-other': `a${algorithm}` } }]
  const asked = `a${algorithm}`
  return {
    [algorithm]: [
      ...[hashes, sections, streams, headers].map((of) => row(asked, 'file', of(asked), of(no))),
      row(asked.toUpperCase(), 'file', hashes(asked), other),
      row(asked, 'indicator', compared(asked), compared(no)),
      row(asked, 'indicator', compared(asked), compared(asked, '!=')),
    ],
  }
}

const inList = (list: string, type: string, member: string, more: Properties = {}) => {
  const having = (value: string) => ({ [list]: [more, { ...more, [member]: value }] })
  return { [member]: [row('asked', type, having('asked'), having('other'))] }
}

export const ROWS: Record<string, Row[]> = {
  ...property('user-account', 'account_type', 'unix', 'ldap'),
  ...property('indicator', 'confidence', 50, 51),
  ...property('grouping', 'context', 'malware-analysis', 'unspecified'),
  ...property('network-traffic', 'dst_port', 80, 8080),
  ...property('network-traffic', 'src_port', 80, 8080),
  ...property('artifact', 'encryption_algorithm', 'AES-256-GCM', 'none'),
  ...property('identity', 'identity_class', 'group', 'class'),
  ...property('tool', 'name', 'Nmap', 'nmap'),
  ...property('autonomous-system', 'number', 15139, 15140),
  ...property('opinion', 'opinion', 'agree', 'strongly-agree'),
  ...property('indicator', 'pattern', "[url:value = 'a']", "[url:value = 'b']"),
  ...property('indicator', 'pattern_type', 'yara', 'sigma'),
  ...property('threat-actor', 'primary_motivation', 'ideology', 'revenge'),
  ...property('location', 'region', 'northern-europe', 'europe'),
  ...property('relationship', 'relationship_type', 'uses', 'targets'),
  ...property('threat-actor', 'resource_level', 'team', 'club'),
  ...property('malware-analysis', 'result', 'malicious', 'benign'),
  ...property('threat-actor', 'sophistication', 'expert', 'none'),
  ...property('email-message', 'subject', 'Hello', 'hello'),

  ...listOf('malware', 'aliases'),
  ...listOf('malware', 'architecture_execution_envs'),
  ...listOf('malware', 'capabilities'),
  ...listOf('extension-definition', 'extension_types'),
  ...listOf('malware', 'implementation_languages'),
  ...listOf('indicator', 'indicator_types'),
  ...listOf('infrastructure', 'infrastructure_types'),
  ...listOf('indicator', 'labels'),
  ...listOf('malware', 'malware_types'),
  ...listOf('threat-actor', 'personal_motivations'),
  ...listOf('report', 'report_types'),
  ...listOf('identity', 'roles'),
  ...listOf('threat-actor', 'secondary_motivations'),
  ...listOf('identity', 'sectors'),
  ...listOf('threat-actor', 'threat_actor_types'),
  ...listOf('tool', 'tool_types'),

  ...inList('external_references', 'malware', 'external_id', { source_name: 'x' }),
  ...inList('external_references', 'malware', 'source_name'),
  ...inList('kill_chain_phases', 'malware', 'phase_name', { kill_chain_name: 'k' }),
  data_type: [
    ...(inList('values', 'windows-registry-key', 'data_type', { name: 'n' }).data_type ?? []),
    row('asked', 'x-value', { data_type: 'asked' }, { data_type: 'other' }),
  ],

  ...inExtension('network-traffic', 'socket-ext', 'address_family'),
  ...inExtension('network-traffic', 'socket-ext', 'socket_type'),
  ...inExtension('process', 'windows-process-ext', 'integrity_level'),
  ...inExtension('process', 'windows-service-ext', 'service_status'),
  ...inExtension('process', 'windows-service-ext', 'service_type'),
  ...inExtension('process', 'windows-service-ext', 'start_type'),
  ...inExtension('file', 'windows-pebinary-ext', 'pe_type'),

  ...hash('MD5'),
  ...hash('SHA-1'),
  ...hash('SHA-256'),
  ...hash('SHA-512'),
  ...hash('SHA3-256'),
  ...hash('SHA3-512'),
  ...hash('SSDEEP'),
  ...hash('TLSH'),

  value: [
    row('asked', 'url', { value: 'asked' }, { value: 'Asked' }),
    row('asked', 'x-value', { value: 'asked' }, { value: ['asked'] }),
    row('asked', 'tool', { value: 'asked' }, { name: 'asked' }),
    row(
      'asked',
      'indicator',
      { pattern: "[url:value = 'asked']" },
      { pattern: "[url:value = 'x']" },
    ),
    row(
      'asked',
      'indicator',
      { pattern: "[url:value = 'asked']" },
      { pattern: "[file:name = 'asked']" },
    ),
  ],
  revoked: [
    row('true', 'indicator', { revoked: true }, { revoked: false }),
    row('true', 'indicator', { revoked: true }, {}),
    row('false', 'indicator', { revoked: false }, { revoked: true }),
    row('false', 'indicator', {}, { revoked: true }),
  ],
  tlp: TLP.flatMap(([level, mark]) => {
    const other = level === 'amber' ? GREEN : AMBER
    const whole = (...refs: string[]) => ({ object_marking_refs: refs })
    const inPart = (ref: string) => ({
      granular_markings: [{ marking_ref: ref, selectors: ['name'] }],
    })
    return [
      row(level, 'tool', whole(STATEMENT, mark), whole(STATEMENT, other)),
      row(level, 'tool', inPart(mark), inPart(other)),
    ]
  }),
  'relationships-all': [
    row(A, 'relationship', { target_ref: A, source_ref: B }, { target_ref: B, source_ref: B }),
    row(A, 'relationship', { target_ref: B, source_ref: A }, { target_ref: B, source_ref: B }),
    row(A, 'sighting', { sighting_of_ref: A }, { sighting_of_ref: B }),
    row(A, 'report', { object_refs: [B, A] }, { object_refs: [B] }),
    row(A, 'report', { object_refs: [A] }, { object_refs: [B], description: `of ${A}` }),
    [A, made('sighting', { sighting_of_ref: A }), made('indicator', { id: A })],
  ],

  ...bounds('indicator', 'confidence'),
  ...bounds('autonomous-system', 'number'),
  ...bounds('network-traffic', 'src_port'),
  ...bounds('network-traffic', 'dst_port'),
  'modified-gte': [
    row(
      '2024-06-01T00:00:00Z',
      'tool',
      { modified: '2024-06-01T00:00:00.000Z' },
      { modified: '2024-05-31T23:59:59.999Z' },
    ),
    [
      '2024-06-01T00:00:00Z',
      made('tool', { modified: '2024-06-01T00:00:00.000001Z' }),
      made('url', { value: 'x' }),
    ],
  ],
  'modified-lte': [
    row(
      '2024-06-01T00:00:00.5Z',
      'tool',
      { modified: '2024-06-01T00:00:00.500Z' },
      { modified: '2024-06-01T00:00:00.500001Z' },
    ),
    ['2024-06-01T00:00:00Z', made('tool', {}), made('url', { value: 'x' })],
  ],
  'valid_until-gte': [
    row(
      '2024-06-01T00:00:00.000Z',
      'indicator',
      { valid_until: '2024-06-01T00:00:00Z' },
      { valid_until: '2024-05-31T23:59:59.999Z' },
    ),
    // Without an end it is not known to be valid then.
    row('2024-06-01T00:00:00Z', 'indicator', { valid_until: '2024-06-01T00:00:00.1Z' }, {}),
  ],
  'valid_from-lte': [
    row(
      '2024-04-01T00:00:00.000Z',
      'indicator',
      { valid_from: '2024-04-01T00:00:00Z' },
      { valid_from: '2024-04-01T00:00:00.001Z' },
    ),
    ['2024-06-01T00:00:00Z', made('indicator', {}), made('tool', {})],
  ],
}
