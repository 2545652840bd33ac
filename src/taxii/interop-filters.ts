// The optional filters of the TAXII 2.1 interoperability tests (tiers 1 to 3, relationships,
// calculations), and our own: each field of `match[…]`, how its values are checked, and what it asks
// of the store.
import type { QueryParameter } from '../http/operation.ts'
import { instantOf } from '../stix/timestamp.ts'
import { hashAlgorithms } from '../stix/vocabulary.ts'
import { hashList, REVOKED, valueList } from '../store/lists.ts'
import type { ContentTest } from '../store/page-query.ts'
import { alternatives } from './parameter-values.ts'

/** What one field asks: a list an index serves, or tests of the content of which one must hold. */
export type Condition = { list: string[] } | { tests: ContentTest[] }

export type InteropFilter = {
  parameter: QueryParameter
  condition: (values: string[]) => Condition
}

const text = (description: string): QueryParameter => ({
  schema: alternatives.meta({ type: 'string' }),
  description: `${description} Comma-separated alternatives.`,
})

const numberText = alternatives
  .refine((values) => values.length === 1 && /^-?\d+(\.\d+)?$/.test(values[0] ?? ''), {
    message: 'must be a number',
  })
  .meta({ type: 'number' })

const timestampText = alternatives
  .refine((values) => values.length === 1 && instantOf(values[0] ?? '') !== undefined, {
    message: 'must be a UTC timestamp such as 2026-05-16T00:00:00Z',
  })
  .meta({ type: 'string', format: 'date-time' })

const booleanText = alternatives
  .refine((values) => values.every((value) => value === 'true' || value === 'false'), {
    message: 'must be true or false',
  })
  .meta({ type: 'string' })

/** Tier 1: the property itself. */
const SIMPLE = [
  'account_type',
  'confidence',
  'context',
  'dst_port',
  'encryption_algorithm',
  'identity_class',
  'name',
  'number',
  'opinion',
  'pattern',
  'pattern_type',
  'primary_motivation',
  'region',
  'relationship_type',
  'resource_level',
  'result',
  'sophistication',
  'src_port',
  'subject',
] as const

/** Tier 2: one item of the list property. */
const LISTED = [
  'aliases',
  'architecture_execution_envs',
  'capabilities',
  'extension_types',
  'implementation_languages',
  'indicator_types',
  'infrastructure_types',
  'labels',
  'malware_types',
  'personal_motivations',
  'report_types',
  'roles',
  'secondary_motivations',
  'sectors',
  'threat_actor_types',
  'tool_types',
] as const

/** Tier 3: one property of the objects in a list. */
const MEMBERS: Record<string, [path: string, member: string]> = {
  external_id: ['$.external_references', '$.external_id'],
  source_name: ['$.external_references', '$.source_name'],
  phase_name: ['$.kill_chain_phases', '$.phase_name'],
}

/** Tier 3: a property inside an extension of an observable. */
const EXTENDED: Record<string, string> = {
  address_family: `$.extensions."socket-ext".address_family`,
  socket_type: `$.extensions."socket-ext".socket_type`,
  integrity_level: `$.extensions."windows-process-ext".integrity_level`,
  pe_type: `$.extensions."windows-pebinary-ext".pe_type`,
  service_status: `$.extensions."windows-service-ext".service_status`,
  service_type: `$.extensions."windows-service-ext".service_type`,
  start_type: `$.extensions."windows-service-ext".start_type`,
}

/** Both schemes: TLP 1.0, as STIX 2.1 §7.2.1.4 fixes it, and TLP 2.0 as its extension does. */
const TLP_MARKINGS: Record<string, string[]> = {
  clear: ['613f2e26-407d-48c7-9eca-b8e91df99dc9', '94868c89-83c2-464b-929b-a1a8aa3c8487'],
  green: ['34098fce-860f-48ae-8e50-ebd3cc5e41da', 'bab4a63c-aed9-4cf5-a766-dfca5abac2bb'],
  amber: ['f88d31f6-486f-44da-b317-01333bde0b82', '55d920b0-5e8b-4f79-9ee9-91f868d9b421'],
  'amber+strict': ['939a9414-2ddd-4d32-a0cd-375ea402b003'],
  red: ['5e57c739-391a-4eb3-b6be-7d15ca92d5ed', 'e828b379-4e03-4974-9ac4-e53a884c97c1'],
}

function filter(parameter: QueryParameter, tests: (values: string[]) => ContentTest[]) {
  return { parameter, condition: (values: string[]): Condition => ({ tests: tests(values) }) }
}

function simple(name: string): InteropFilter {
  return filter(text(`Objects whose \`${name}\` is one of these.`), (values) => [
    { kind: 'equals', path: `$.${name}`, values },
  ])
}

function listed(name: string): InteropFilter {
  return filter(text(`Objects whose \`${name}\` has one of these.`), (values) => [
    { kind: 'contains', path: `$.${name}`, values },
  ])
}

function bound(name: string, operator: '>=' | '<='): InteropFilter {
  const schema = {
    schema: numberText,
    description: `Objects whose \`${name}\` is ${operator} this.`,
  }
  return filter(schema, ([value]) => [
    { kind: 'number', path: `$.${name}`, operator, value: Number(value) },
  ])
}

function since(name: string, operator: '>=' | '<='): InteropFilter {
  const schema = {
    schema: timestampText,
    description: `Objects whose \`${name}\` is ${operator} this timestamp.`,
  }
  return filter(schema, ([value = '']) => [
    { kind: 'instant', path: `$.${name}`, operator, value: instantOf(value) ?? value },
  ])
}

const revoked: InteropFilter = {
  parameter: {
    schema: booleanText,
    description: 'Revoked objects (`true`), or those that are not (`false`).',
  },
  condition: (values) => {
    if (values.every((value) => value === 'true')) return { list: [REVOKED] }
    const texts = values.map((value) => (value === 'true' ? '1' : '0'))
    return { tests: [{ kind: 'equals', path: '$.revoked', values: texts, fallback: '0' }] }
  },
}

/** STIX has it in the values of a registry key; elsewhere it is a property like others. */
const dataType = filter(
  text('Objects whose `data_type`, or that of one of their `values`, is one of these.'),
  (values) => [
    { kind: 'equals', path: '$.data_type', values },
    { kind: 'contains', path: '$.values', member: '$.data_type', values },
  ],
)

const tlp = filter(
  {
    schema: alternatives
      .refine((values) => values.every((value) => markingsOf(value) !== undefined), {
        message: 'takes clear (or white), green, amber, amber+strict, red',
      })
      .meta({ type: 'string' }),
    description:
      'Objects marked with one of these TLP levels, of TLP 1.0 or 2.0, in whole or in part.',
  },
  (values) => [
    { kind: 'contains', path: '$.object_marking_refs', values: markingsOfAll(values) },
    {
      kind: 'contains',
      path: '$.granular_markings',
      member: '$.marking_ref',
      values: markingsOfAll(values),
    },
  ],
)

function markingsOfAll(levels: string[]): string[] {
  return levels.flatMap((level) => markingsOf(level) ?? [])
}

/** A `+` in a query is read as a space; the level is understood either way. */
function markingsOf(value: string): string[] | undefined {
  const level = value.toLowerCase().replace(' ', '+')
  const name = level === 'white' ? 'clear' : level
  const uuids = Object.hasOwn(TLP_MARKINGS, name) ? TLP_MARKINGS[name] : undefined
  return uuids?.map((uuid) => `marking-definition--${uuid}`)
}

function fromEntries<Name extends string>(
  names: readonly Name[],
  make: (name: Name) => InteropFilter,
): Record<string, InteropFilter> {
  return Object.fromEntries(names.map((name) => [name, make(name)]))
}

const fields: Record<string, InteropFilter> = {
  ...fromEntries(SIMPLE, simple),
  ...fromEntries(LISTED, listed),
  ...fromEntries(Object.keys(MEMBERS), (name) => {
    const [path = '', member = ''] = MEMBERS[name] ?? []
    return filter(text(`Objects with one of these as \`${name}\`.`), (values) => [
      { kind: 'contains', path, member, values },
    ])
  }),
  ...fromEntries(Object.keys(EXTENDED), (name) =>
    filter(text(`Observables whose \`${name}\` is one of these.`), (values) => [
      { kind: 'equals', path: EXTENDED[name] ?? '', values },
    ]),
  ),
  ...fromEntries(hashAlgorithms, (name) => ({
    parameter: text(`Objects, and indicators about objects, with this ${name} hash.`),
    condition: (values) => ({ list: values.map((value) => hashList(name, value)) }),
  })),
  value: {
    parameter: text('Objects with this `value`, and indicators whose pattern compares one to it.'),
    condition: (values) => ({ list: values.map(valueList) }),
  },
  revoked,
  tlp,
  data_type: dataType,
  'relationships-all': filter(
    text('Objects that refer to one of these ids: relationships, sightings and others.'),
    (values) => [{ kind: 'mentions', ids: values }],
  ),
  ...Object.fromEntries(
    ['confidence', 'number', 'src_port', 'dst_port'].flatMap((name) => [
      [`${name}-gte`, bound(name, '>=')],
      [`${name}-lte`, bound(name, '<=')],
    ]),
  ),
  'modified-gte': since('modified', '>='),
  'modified-lte': since('modified', '<='),
  'valid_until-gte': since('valid_until', '>='),
  'valid_from-lte': since('valid_from', '<='),
}

/** By query parameter name, e.g. `match[confidence-gte]`. */
export const interopFilters: Record<string, InteropFilter> = Object.fromEntries(
  Object.entries(fields).map(([name, each]) => [`match[${name}]`, each]),
)

export const interopParameters: Record<string, QueryParameter> = Object.fromEntries(
  Object.entries(interopFilters).map(([name, { parameter }]) => [name, parameter]),
)
