// Records into a collection or a view, each at the date it had. A request goes on from the last date
// of the sequence, and from there only. What of it is in already, since an answer was lost on its
// way, is recognised by its dates.
import { instantOf, wholeMillisOf } from '../stix/timestamp.ts'
import type { AddOutcome } from '../store/add-objects.ts'
import type { Collection } from '../store/collections.ts'
import type { Session } from '../store/database.ts'
import { type DatedEntry, restoreEntries } from '../store/restore-entries.ts'
import {
  type DatedObject,
  findRestored,
  moveLastDate,
  restoreObjects,
} from '../store/restore-objects.ts'
import { judge, type Loaded, type Verdict } from './load-objects.ts'
import type { EntryRecord, ObjectRecord } from './records.ts'

/** Dates as whole milliseconds; a record that cannot be taken, by its place, from 0. */
export type Dated<Record> =
  | { ok: true; records: (Record & { dateAddedMs: number })[] }
  | { ok: false; index: number; problem: string }

/** Dates beyond this would carry the sequence away: what is added later comes after them. */
export const AHEAD_MS_MAX = 366 * 86_400_000

/** Refuses dates that are not whole milliseconds, or do not rise strictly from `afterMs`. */
export function datedRecords<Record extends { dateAdded: string }>(
  records: readonly Record[],
  { afterMs, nowMs }: { afterMs: number; nowMs: number },
): Dated<Record> {
  const dated: (Record & { dateAddedMs: number })[] = []
  let reachedMs = afterMs
  for (const [index, record] of records.entries()) {
    const dateAddedMs = wholeMillisOf(record.dateAdded)
    const problem = dateProblem(dateAddedMs, reachedMs, nowMs)
    if (dateAddedMs === undefined || problem !== undefined) {
      return { ok: false, index, problem: `date_added ${problem}` }
    }
    dated.push({ ...record, dateAddedMs })
    reachedMs = dateAddedMs
  }
  return { ok: true, records: dated }
}

function dateProblem(ms: number | undefined, reachedMs: number, nowMs: number) {
  if (ms === undefined) return 'is finer than milliseconds'
  if (ms <= reachedMs) return 'is not later than that of the record before it'
  return ms > nowMs + AHEAD_MS_MAX ? 'is more than a year ahead of the clock' : undefined
}

/** `ok: false`: the sequence is not where these records go on. */
export type Restored = { ok: true; loaded: Loaded } | { ok: false }

type Sequence = Pick<Collection, 'ref' | 'lastAddedMs'>

/** The dates rise strictly from `afterMs`; see `datedRecords`. */
export async function restoreObjectRecords(
  session: Session,
  collection: Sequence & Pick<Collection, 'mediaTypes'>,
  records: readonly (ObjectRecord & { dateAddedMs: number })[],
  afterMs: number,
): Promise<Restored> {
  const { accepted, withOutcomes } = judge(
    collection,
    records.map(({ text }) => ({ kind: 'text', text, mode: 'top', offset: 0 })),
  )
  const objects = accepted.map(({ index, object }): DatedObject => {
    return { ...object, dateAddedMs: records[index]?.dateAddedMs ?? Number.NaN }
  })
  const place = placeIn(collection, records, afterMs)
  if (place === undefined) return { ok: false }
  const known = objects.filter(({ dateAddedMs }) => dateAddedMs <= place.knownThroughMs)
  const found = await findRestored(session, collection.ref, known)
  if (!areThere(known, found, place)) return { ok: false }
  const restored = place.isWhole
    ? { ok: true, outcomes: [], changedCollectionIds: [] }
    : await restoreObjects(session, collection.ref, objects.slice(known.length), {
        afterMs: Math.max(afterMs, place.knownThroughMs),
        throughMs: records.at(-1)?.dateAddedMs ?? afterMs,
      })
  if (!restored.ok) return { ok: false }
  const outcomes = [...found, ...restored.outcomes]
  const { changedCollectionIds } = restored
  return { ok: true, loaded: { verdicts: withOutcomes(outcomes), changedCollectionIds } }
}

/** The members of a view; one whose version its collection lacks is refused. */
export async function restoreEntryRecords(
  session: Session,
  view: Sequence,
  records: readonly (EntryRecord & { dateAddedMs: number })[],
  afterMs: number,
): Promise<Restored> {
  const place = placeIn(view, records, afterMs)
  if (place === undefined || !place.isCertain) return { ok: false }
  const entries = records.filter(({ dateAddedMs }) => dateAddedMs > place.knownThroughMs)
  const fromMs = Math.max(afterMs, place.knownThroughMs)
  const { ok, missing } = await restoreEntries(session, view.ref, entries.map(entryOf), fromMs)
  if (!ok) return { ok: false }
  const lacking = new Set(missing.map((at) => records.length - entries.length + at))
  const verdicts = records.map(({ id, version, dateAddedMs }, index): Verdict => {
    const named = { id, version: version ?? undefined }
    const message = 'the collection of the view has no such version'
    if (lacking.has(index)) return { kind: 'refused', ...named, message }
    const kind = dateAddedMs <= place.knownThroughMs ? 'present' : 'added'
    return { kind, ...named, dateAddedMs }
  })
  return { ok: true, loaded: { verdicts, changedCollectionIds: [] } }
}

/** Ends a restore: the sequence goes on after `lastAddedMs`. False when it is elsewhere. */
export async function finishSequence(
  session: Session,
  { ref }: Pick<Collection, 'ref'>,
  { afterMs, lastAddedMs }: { afterMs: number; lastAddedMs: number },
): Promise<boolean> {
  return await moveLastDate(session, ref, afterMs, Math.max(afterMs, lastAddedMs))
}

/** Each at its date, or before it if it is a further copy. */
function areThere(
  known: readonly DatedObject[],
  found: readonly AddOutcome[],
  { isCertain }: Place,
): boolean {
  const isEachThere = known.every(({ dateAddedMs }, at) => {
    const outcome = found[at]
    return outcome !== undefined && outcome.dateAddedMs <= dateAddedMs
  })
  const isLastInPlace = known.at(-1)?.dateAddedMs === found.at(-1)?.dateAddedMs
  return isEachThere && (isCertain || (known.length > 0 && isLastInPlace))
}

type Place = {
  /** Records up to this date are in already; 0 = none. */
  knownThroughMs: number
  isWhole: boolean
  /** Whether the last date is one of theirs. */
  isCertain: boolean
}

function placeIn(
  { lastAddedMs }: Sequence,
  records: readonly { dateAddedMs: number }[],
  afterMs: number,
): Place | undefined {
  if (lastAddedMs === afterMs) return { knownThroughMs: 0, isWhole: false, isCertain: true }
  const last = records.at(-1)
  if (last === undefined) return undefined
  if (records.some(({ dateAddedMs }) => dateAddedMs === lastAddedMs)) {
    const isWhole = lastAddedMs === last.dateAddedMs
    return { knownThroughMs: lastAddedMs, isWhole, isCertain: true }
  }
  // Further records may have followed these: then the last of these stands at its very date.
  if (lastAddedMs < last.dateAddedMs) return undefined
  return { knownThroughMs: last.dateAddedMs, isWhole: true, isCertain: false }
}

function entryOf({ id, specVersion, version, dateAddedMs }: DatedEntryRecord): DatedEntry {
  const versionKey = version === null ? '' : (instantOf(version) ?? '')
  return { stixId: id, specVersion, versionKey, dateAddedMs }
}

type DatedEntryRecord = EntryRecord & { dateAddedMs: number }
