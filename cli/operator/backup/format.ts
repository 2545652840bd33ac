// The backup file: NDJSON, compressed by gzip. A header; for each collection, and then for each view
// of it, a line that begins a section, its records in order, a line that ends it; the same of the
// keys; a trailer. Whatever is missing or changed is noticed: sections are counted and digested, and
// the trailer digests every byte before it. docs/backup.md describes it for others.
import type { CollectionState } from '../resources.ts'

export const FORMAT = 'taxii-edge backup'
export const FORMAT_VERSION = 1

export type Header = {
  format: typeof FORMAT
  version: typeof FORMAT_VERSION
  created: string
  /** Where it was taken. */
  server: string
  key_secret_fingerprint: string
}

/** The collection as it was when its export began. */
export type SectionBegin =
  | { begin: 'collection'; collection: CollectionState }
  | { begin: 'keys'; keys: null }

export type SectionEnd = {
  end: 'collection' | 'keys'
  records: number
  /** SHA-256 of the lines of the records, line breaks included. */
  sha256: string
  /** Of the collection when its export had ended: another one tells of deletions meanwhile. */
  revision: number | null
}

export type Trailer = {
  trailer: {
    sections: number
    records: number
    /** SHA-256 of every byte before this line. */
    sha256: string
  }
}

/** A line of the section of keys. */
export type KeyLine = {
  record: Record<string, unknown> & { id: string }
  object_name: string | null
}

/** Undefined when the text is none, whatever else it may be. */
export function parseKeyLine(text: string): KeyLine | undefined {
  const value = parseObject(text) as Partial<KeyLine> | undefined
  const { record, object_name: name } = value ?? {}
  if (typeof record?.id !== 'string') return undefined
  return name === null || typeof name === 'string' ? { record, object_name: name } : undefined
}

/** Undefined when the text is no object of JSON. */
export function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

export const LINE_BREAK = 0x0a

/** What a record of a collection begins with: its date stands at a fixed place. */
const DATE_BEGIN = '{"date_added":"'.length
const DATE_CHARS = 'YYYY-MM-DDTHH:MM:SS.ssssssZ'.length

/** Texts of dates sort as time does. */
export function dateOfRecord(line: Buffer): string {
  return line.toString('latin1', DATE_BEGIN, DATE_BEGIN + DATE_CHARS)
}

/** Only lines that end a section begin so: a record of ours begins with its date. */
export function isSectionEnd(line: Buffer): boolean {
  return line.toString('latin1', 0, SECTION_END.length) === SECTION_END
}

const SECTION_END = '{"end":'

export function lineOf(value: Header | SectionBegin | SectionEnd | Trailer | KeyLine): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`)
}
