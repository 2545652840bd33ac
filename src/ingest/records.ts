// Records: what stands in a sequence, one line of NDJSON each, for backups and for bringing objects
// in with the dates they have. An object's text is carried as it is; where it spans lines, as a
// JSON string.
import { memberTexts, parsedString } from '../stix/json-members.ts'
import { formatMillis, instantOf } from '../stix/timestamp.ts'

/** A version with its place in a collection. The date is as it was written. */
export type ObjectRecord = { dateAdded: string; text: string }

/** A version's place in a view, whose collection has the text. */
export type EntryRecord = {
  dateAdded: string
  id: string
  specVersion: string
  /** `modified`, else `created`; null for objects without versions. */
  version: string | null
}

export type Read<Record> = { ok: true; record: Record } | { ok: false; problem: string }

export function writeObjectRecord(dateAddedMs: number, text: string): string {
  const object = /[\n\r]/.test(text) ? `"text":${JSON.stringify(text)}` : `"object":${text}`
  return `{"date_added":"${formatMillis(dateAddedMs)}",${object}}`
}

export function writeEntryRecord(
  dateAddedMs: number,
  entry: Omit<EntryRecord, 'dateAdded'>,
): string {
  const { id, specVersion, version } = entry
  const date_added = formatMillis(dateAddedMs)
  return JSON.stringify({ date_added, id, spec_version: specVersion, version })
}

export function readObjectRecord(line: string): Read<ObjectRecord> {
  const read = readRawRecord(line)
  if (!read.ok) return read
  const { dateAdded, carrier, raw } = read.record
  const text = carrier === 'object' ? raw : parsedString(raw)
  return text === undefined
    ? problem('`text` is not a JSON string')
    : { ok: true, record: { dateAdded, text } }
}

/** A record whose object is still the text that stands in the line. */
export type RawRecord = { dateAdded: string; carrier: 'object' | 'text'; raw: string }

/**
 * Other members are passed over: other servers say more of an object than this. The line may stand
 * for bytes, one character each.
 */
export function readRawRecord(line: string): Read<RawRecord> {
  const members = memberTexts(line)
  if (members === undefined) return problem('is not a JSON object, or has a name twice')
  const dateAdded = dateOf(members)
  if (dateAdded === undefined) return problem(NO_DATE)
  const object = members.get('object')
  const text = members.get('text')
  if (object !== undefined && text === undefined) {
    return { ok: true, record: { dateAdded, carrier: 'object', raw: object } }
  }
  if (object === undefined && text !== undefined) {
    return { ok: true, record: { dateAdded, carrier: 'text', raw: text } }
  }
  return problem('must have `object`, or `text` in its place')
}

export function writeRawRecord({ dateAdded, carrier, raw }: RawRecord): string {
  return `{"date_added":"${dateAdded}","${carrier}":${raw}}`
}

export function readEntryRecord(line: string): Read<EntryRecord> {
  const members = memberTexts(line)
  if (members === undefined) return problem('is not a JSON object, or has a name twice')
  const dateAdded = dateOf(members)
  if (dateAdded === undefined) return problem(NO_DATE)
  const [id, specVersion, given] = ['id', 'spec_version', 'version'].map((name) =>
    members.get(name),
  )
  const version = given === 'null' ? null : parsedString(given ?? '')
  const record = {
    dateAdded,
    id: parsedString(id ?? ''),
    specVersion: parsedString(specVersion ?? ''),
  }
  if (record.id === undefined || record.specVersion === undefined || version === undefined) {
    return problem('must have the texts `id` and `spec_version`, and `version` or null')
  }
  if (version !== null && instantOf(version) === undefined) {
    return problem('`version` is not a timestamp')
  }
  return {
    ok: true,
    record: { dateAdded, id: record.id, specVersion: record.specVersion, version },
  }
}

const NO_DATE = '`date_added` is missing or is not a timestamp such as 2026-01-31T12:00:00.000Z'

function dateOf(members: Map<string, string>): string | undefined {
  const date = parsedString(members.get('date_added') ?? '')
  return date === undefined || instantOf(date) === undefined ? undefined : date
}

function problem(text: string): { ok: false; problem: string } {
  return { ok: false, problem: text }
}
