// What each filter means, read straight from its text.
import { bare, type Stix } from './drafts.ts'
import { ALGORITHMS, EXTENDED, LISTS, NUMBERS, TEXTS } from './traits.ts'

/** Filter parameters by name, as a request or a cursor carries them. */
export type Texts = Record<string, string>

type Rule = (object: Stix, values: string[]) => boolean

const TLP: Record<string, string> = {
  green: 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb',
  red: 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1',
}

/** Texts that only objects of certain types have. */
const OF_CERTAIN_TYPES = ['name', 'identity_class', 'relationship_type', 'pattern', 'pattern_type']

/** Properties of the objects in a list, by the name of the list. */
const MEMBERS: Record<string, string> = {
  external_id: 'external_references',
  source_name: 'external_references',
  phase_name: 'kill_chain_phases',
  data_type: 'values',
}

export const RULES: Record<string, Rule> = {
  type: ({ type }, values) => values.includes(type),
  'match[type]': ({ type, about }, values) =>
    values.some((value) => value === type || about.types.includes(value)),
  'match[id]': ({ id }, values) => values.includes(id),
  ...rules(
    [...TEXTS, ...NUMBERS, 'confidence', ...OF_CERTAIN_TYPES],
    (name) =>
      ({ fields }, values) =>
        values.includes(String(fields[name])),
  ),
  ...rules(
    [...LISTS, 'labels'],
    (name) =>
      ({ fields }, values) =>
        listOf(fields[name]).some((each) => values.includes(String(each))),
  ),
  ...rules(
    Object.keys(MEMBERS),
    (name) =>
      ({ fields }, values) =>
        listOf(fields[MEMBERS[name] ?? '']).some((each) =>
          values.includes(String((each as Record<string, unknown>)[name])),
        ),
  ),
  ...Object.assign(
    {},
    ...Object.entries(EXTENDED).map(([extension, names]) =>
      rules(names, (name) => ({ fields }, values) => {
        const extensions = (fields.extensions ?? {}) as Record<string, Record<string, unknown>>
        return values.includes(String(extensions[extension]?.[name]))
      }),
    ),
  ),
  ...rules(ALGORITHMS, (name) => ({ fields }, values) => {
    const hash = String((fields.hashes as Record<string, unknown> | undefined)?.[name])
    return values.some((value) => value.toLowerCase() === hash.toLowerCase())
  }),
  ...bounds([...NUMBERS, 'confidence'], 'gte', (own, asked) => own >= asked),
  ...bounds([...NUMBERS, 'confidence'], 'lte', (own, asked) => own <= asked),
  'match[value]': ({ about }, values) => about.values.some((value) => values.includes(value)),
  'match[MD5]': ({ about }, values) =>
    about.md5.some((hash) => values.map((value) => value.toLowerCase()).includes(hash)),
  'match[tlp]': ({ fields }, values) =>
    [...listOf(fields.object_marking_refs), ...listOf(fields.granular_markings).map(markOf)].some(
      (ref) => values.some((value) => TLP[value] === String(ref)),
    ),
  'match[revoked]': ({ fields }, values) => values.includes(String(fields.revoked === true)),
  'match[relationships-all]': ({ id, fields }, values) =>
    values.some((value) => value !== id && JSON.stringify(fields).includes(`"${value}"`)),
  'match[modified-gte]': ({ instant }, [value = '']) => instant !== '' && instant >= bare(value),
  'match[modified-lte]': ({ instant }, [value = '']) => instant !== '' && instant <= bare(value),
  'match[valid_from-lte]': ({ fields }, [value = '']) =>
    fields.valid_from !== undefined && bare(String(fields.valid_from)) <= bare(value),
  'match[valid_until-gte]': ({ fields }, [value = '']) =>
    fields.valid_until !== undefined && bare(String(fields.valid_until)) >= bare(value),
  x_sort: () => true,
  'match[version]': () => true,
  'match[spec_version]': () => true,
}

function rules(names: string[], rule: (name: string) => Rule): Record<string, Rule> {
  return Object.fromEntries(names.map((name) => [`match[${name}]`, rule(name)]))
}

/** Nothing is neither more nor less than a number. */
function bounds(
  names: string[],
  suffix: string,
  holds: (own: number, asked: number) => boolean,
): Record<string, Rule> {
  return Object.fromEntries(
    names.map((name): [string, Rule] => [
      `match[${name}-${suffix}]`,
      ({ fields }, [value]) => holds(Number(fields[name] ?? Number.NaN), Number(value)),
    ]),
  )
}

function markOf(marking: unknown): unknown {
  return (marking as { marking_ref: string }).marking_ref
}

/** Whether the object passes every filter but the choice of versions. */
export function passes(object: Stix, texts: Texts): boolean {
  return Object.entries(texts).every(([name, text]) => {
    const rule = RULES[name]
    if (rule === undefined) throw new RangeError(`no rule for ${name}`)
    return rule(object, text.split(','))
  })
}

/** TAXII 2.1 §3.4.1; `dateMs` is the version of an object that has none of its own. */
export function picksVersion(one: Stix, all: Stix[], texts: Texts, dateMs: number): boolean {
  const asked = (texts['match[version]'] ?? 'last').split(',')
  const forms = texts['match[spec_version]']?.split(',')
  const siblings = all.filter(({ id }) => id === one.id)
  const sameForm = siblings.filter(({ specVersion }) => specVersion === one.specVersion)
  const isOfForm =
    forms === undefined
      ? siblings.every(({ specVersion }) => specVersion <= one.specVersion)
      : forms.includes(one.specVersion)
  const isPicked = asked.some((value) => {
    if (value === 'all') return true
    if (value === 'first') return sameForm.every(({ instant }) => instant >= one.instant)
    if (value === 'last') return sameForm.every(({ instant }) => instant <= one.instant)
    return one.instant === '' ? Date.parse(value) === dateMs : bare(value) === one.instant
  })
  return isOfForm && isPicked
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
