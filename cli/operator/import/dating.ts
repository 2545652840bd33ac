// Records with the dates that another server gave them. Ours are whole milliseconds and each is given
// once, so a date goes to the first millisecond that is not before it and comes after the last one
// given: a client that goes on here from a position it had there gets every object after it, some
// perhaps again, none never.
import { readRawRecord, writeRawRecord } from '../../../src/ingest/records.ts'
import { formatMillis, instantOf, microsOf, millisAtOrAfter } from '../../../src/stix/timestamp.ts'
import type { DatedLine } from '../records/send-records.ts'

export type Dating = {
  /** Of the last record, as it was written. */
  instant: string
  /** The same as it was given here; 0 = none yet. */
  ms: number
  /** How far a date was moved at most. */
  movedMs: number
}

export const NOTHING_DATED: Dating = { instant: '', ms: 0, movedMs: 0 }

export type DatedBatch = {
  lines: DatedLine[]
  /** Where each line stands among the texts. */
  places: number[]
  refused: { index: number; message: string }[]
  after: Dating
}

/** Texts are latin1, one character a byte. A record that is out of order is a problem of the file. */
export function dateRecords(
  texts: readonly string[],
  before: Dating,
): DatedBatch | { index: number; problem: string } {
  const batch: DatedBatch = { lines: [], places: [], refused: [], after: before }
  for (const [index, text] of texts.entries()) {
    const read = readRawRecord(text)
    if (!read.ok) {
      batch.refused.push({ index, message: `the record ${read.problem}` })
      continue
    }
    const dated = follow(read.record.dateAdded, batch.after)
    if (dated === undefined) {
      const problem = `its date_added, ${read.record.dateAdded}, is before that of the record before it`
      return { index, problem }
    }
    batch.after = dated
    const dateAdded = formatMillis(dated.ms)
    const line = Buffer.from(writeRawRecord({ ...read.record, dateAdded }), 'latin1')
    batch.lines.push({ dateAdded, line })
    batch.places.push(index)
  }
  return batch
}

/** Undefined when it is before the last one. */
function follow(dateAdded: string, before: Dating): Dating | undefined {
  const instant = instantOf(dateAdded) ?? ''
  if (instant < before.instant) return undefined
  const ms = Math.max(millisAtOrAfter(dateAdded) ?? 0, before.ms + 1)
  const movedMs = Math.ceil((ms * 1000 - (microsOf(dateAdded) ?? 0)) / 1000)
  return { instant, ms, movedMs: Math.max(movedMs, before.movedMs) }
}
