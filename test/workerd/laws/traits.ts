// The properties that an interoperability filter asks for by nothing but their name and place. Two
// objects of the random histories have them all, with values that change from version to version.

/** Texts of the object itself. */
export const TEXTS = [
  'account_type',
  'context',
  'encryption_algorithm',
  'opinion',
  'primary_motivation',
  'region',
  'resource_level',
  'result',
  'sophistication',
  'subject',
]

export const NUMBERS = ['number', 'src_port', 'dst_port']

/** Lists of texts. */
export const LISTS = [
  'aliases',
  'architecture_execution_envs',
  'capabilities',
  'extension_types',
  'implementation_languages',
  'indicator_types',
  'infrastructure_types',
  'malware_types',
  'personal_motivations',
  'report_types',
  'roles',
  'secondary_motivations',
  'sectors',
  'threat_actor_types',
  'tool_types',
]

/** By the extension they stand in. */
export const EXTENDED: Record<string, string[]> = {
  'socket-ext': ['address_family', 'socket_type'],
  'windows-process-ext': ['integrity_level'],
  'windows-pebinary-ext': ['pe_type'],
  'windows-service-ext': ['service_status', 'service_type', 'start_type'],
}

export const ALGORITHMS = ['SHA-1', 'SHA-256', 'SHA-512', 'SHA3-256', 'SHA3-512', 'SSDEEP', 'TLSH']

/** One of the two texts that the property has by turns. */
export function textOf(name: string, turn: number): string {
  return `${name} ${turn % 2}`
}

export function numberOf(turn: number): number {
  return 8_000 + turn
}

export function traitsAt(tick: number): Record<string, unknown> {
  const own = (name: string) => [name, textOf(name, tick)]
  return {
    ...Object.fromEntries(TEXTS.map(own)),
    ...Object.fromEntries(NUMBERS.map((name) => [name, numberOf(tick)])),
    ...Object.fromEntries(LISTS.map((name) => [name, ['other', textOf(name, tick)]])),
    values: [{ data_type: textOf('data_type', tick) }],
    external_references: [
      { source_name: textOf('source_name', tick), external_id: textOf('external_id', tick) },
    ],
    hashes: Object.fromEntries(ALGORITHMS.map(own)),
    extensions: Object.fromEntries(
      Object.entries(EXTENDED).map(([extension, names]) => [
        extension,
        Object.fromEntries(names.map(own)),
      ]),
    ),
    valid_until: `2024-07-0${1 + tick}T10:00:00.000Z`,
  }
}
