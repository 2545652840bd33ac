// What each filter means, read straight from its text.
import { bare, type Stix } from './drafts.ts'

/** Filter parameters by name, as a request or a cursor carries them. */
export type Texts = Record<string, string>

type Rule = (object: Stix, values: string[]) => boolean

const TLP: Record<string, string> = {
  green: 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb',
  red: 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1',
}

const RULES: Record<string, Rule> = {
  type: ({ type }, values) => values.includes(type),
  'match[type]': ({ type, about }, values) =>
    values.some((value) => value === type || about.types.includes(value)),
  'match[id]': ({ id }, values) => values.includes(id),
  'match[name]': ({ fields }, values) => values.includes(String(fields.name)),
  'match[confidence]': ({ fields }, values) => values.includes(String(fields.confidence)),
  'match[confidence-gte]': ({ fields }, [value]) => Number(fields.confidence) >= Number(value),
  'match[labels]': ({ fields }, values) =>
    listOf(fields.labels).some((label) => values.includes(String(label))),
  'match[phase_name]': ({ fields }, values) =>
    listOf(fields.kill_chain_phases).some((phase) =>
      values.includes((phase as { phase_name: string }).phase_name),
    ),
  'match[value]': ({ about }, values) => about.values.some((value) => values.includes(value)),
  'match[MD5]': ({ about }, values) =>
    about.md5.some((hash) => values.map((value) => value.toLowerCase()).includes(hash)),
  'match[tlp]': ({ fields }, values) =>
    listOf(fields.object_marking_refs).some((ref) =>
      values.some((value) => TLP[value] === String(ref)),
    ),
  'match[revoked]': ({ fields }, values) => values.includes(String(fields.revoked === true)),
  'match[relationships-all]': ({ id, fields }, values) =>
    values.some((value) => value !== id && JSON.stringify(fields).includes(`"${value}"`)),
  'match[modified-gte]': ({ instant }, [value = '']) => instant !== '' && instant >= bare(value),
  'match[modified-lte]': ({ instant }, [value = '']) => instant !== '' && instant <= bare(value),
  'match[valid_from-lte]': ({ fields }, [value = '']) =>
    fields.valid_from !== undefined && bare(String(fields.valid_from)) <= bare(value),
  x_sort: () => true,
  'match[version]': () => true,
  'match[spec_version]': () => true,
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
