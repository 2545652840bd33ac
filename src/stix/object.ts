// A STIX object as the text it came in, with the few facts that storing and filtering need read
// from it. The text is kept as it is: JavaScript would write `1.0` back as `1`.
import { checkObject, type SpecVersion } from './check.ts'
import { parseIdentifier } from './identifier.ts'
import { type JsonObject, readJsonObject } from './json-object.ts'
import { subjectsOfPattern } from './pattern/subjects.ts'
import type { Comparison } from './pattern/syntax.ts'
import { instantOf } from './timestamp.ts'

export type StixObject = {
  id: string
  type: string
  specVersion: SpecVersion
  /** The text of `modified`, else of `created`; undefined for objects that are not versioned. */
  version: string | undefined
  /** The instant of `version`, sortable as text; empty for objects that are not versioned. */
  versionKey: string
  /** What the pattern of an indicator is about; empty for other types and other languages. */
  subtypes: string[]
  /** The comparisons of that pattern, over all of its observations. */
  comparisons: Comparison[]
  /** The text, without whitespace around it. */
  content: string
  value: JsonObject
}

/** Why one object of many is refused. `id` is `unknown` when none can be made out. */
export type ObjectProblem = {
  id: string
  version: string | undefined
  property?: string
  message: string
}

/** `isJson`: whether the text is JSON at all. */
export type ReadObject =
  | { ok: true; object: StixObject }
  | { ok: false; problem: ObjectProblem; isJson: boolean }

type Names = Pick<ObjectProblem, 'id' | 'version'>

const NO_SUBJECTS: Pick<StixObject, 'subtypes' | 'comparisons'> = { subtypes: [], comparisons: [] }
const UNKNOWN_ID = 'unknown'
const ID_CHARS_MAX = 300
const GLIMPSE_CHARS = 10_000

/**
 * Reads and checks one object. A pattern that cannot be parsed is no reason to refuse an indicator,
 * which then has no subtypes.
 */
export function readObject(text: string): ReadObject {
  const read = readJsonObject(text)
  if (!read.ok) {
    const { message, isJson } = read
    return { ok: false, problem: { ...namesIn(text), message }, isJson }
  }
  const { value } = read
  const checked = checkObject(value)
  if (!checked.ok) {
    return { ok: false, problem: { ...namesOf(value), ...checked.fault }, isJson: true }
  }
  const { id, type, specVersion, version } = checked
  const versionKey = version === undefined ? '' : (instantOf(version) ?? '')
  const { subtypes, comparisons } = subjectsOf(value)
  const content = text.trim()
  return {
    ok: true,
    object: { id, type, specVersion, version, versionKey, subtypes, comparisons, content, value },
  }
}

/** The problem of an object too long to be held, from the beginning of its text. */
export function oversizedProblem(head: string, chars: number, charsMax: number): ObjectProblem {
  return { ...namesIn(head), message: `has ${chars} characters, more than ${charsMax}` }
}

/** Only STIX 2.0 indicators have no `pattern_type`: their patterns are all in the STIX language. */
function subjectsOf({ type, pattern, pattern_type: language = 'stix' }: JsonObject) {
  if (type !== 'indicator' || language !== 'stix' || typeof pattern !== 'string') return NO_SUBJECTS
  const subjects = subjectsOfPattern(pattern)
  if (!subjects.ok) return NO_SUBJECTS
  return { subtypes: subjects.types, comparisons: subjects.comparisons }
}

/** What a refused object calls itself. */
function namesOf(value: JsonObject): Names {
  const { id } = value
  const isNamed = typeof id === 'string' && id !== ''
  return {
    id: isNamed ? id.slice(0, ID_CHARS_MAX).toWellFormed() : UNKNOWN_ID,
    version: firstTimestamp(value.modified, value.created),
  }
}

/** The same from the beginning, or else the end, of a text that cannot be read. */
function namesIn(text: string): Names {
  const glimpses = [text.slice(0, GLIMPSE_CHARS), text.slice(-GLIMPSE_CHARS)]
  const [id, modified, created] = ['id', 'modified', 'created'].map((key) => {
    const member = new RegExp(`"${key}"\\s*:\\s*"([^"\\\\]{1,${ID_CHARS_MAX}})"`)
    return glimpses.flatMap((glimpse) => member.exec(glimpse)?.[1] ?? [])[0]
  })
  const isNamed = id !== undefined && parseIdentifier(id) !== undefined
  return { id: isNamed ? id : UNKNOWN_ID, version: firstTimestamp(modified, created) }
}

function firstTimestamp(...values: unknown[]): string | undefined {
  return values
    .filter((value) => typeof value === 'string')
    .find((text) => instantOf(text) !== undefined)
}
