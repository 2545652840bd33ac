// The general page: several ranges merged by date, each with conditions on its entries. A request
// looks at a bounded number of entries and stops as soon as it can be sure of its page; what it has
// not seen is left to the next page, never passed over.
import type { Session } from './database.ts'
import { SEARCH_ENTRIES_ENOUGH, SEARCH_ENTRIES_MAX } from './limits.ts'
import { WHOLE } from './lists.ts'
import { type Entry, lookForward } from './look.ts'
import { cutPage, type Page, type RawRow } from './page.ts'
import type { PageQuery, Range } from './page-query.ts'
import { rangesBeyond } from './ranges.ts'
import {
  beyondStretches,
  type KnownStretches,
  noteStretches,
  readStretches,
  type Stretch,
} from './searched-stretches.ts'

/**
 * A search that found too little to answer within its bound. How far it came is kept: the same
 * request, made again, goes on from there.
 */
export class SearchUnfinished extends Error {}

export async function mergeRanges(
  session: Session,
  query: PageQuery,
  ranges: Range[],
  columns: string,
): Promise<Page<RawRow>> {
  let pending = ranges
  for (;;) {
    const { rows: entries, hasMore } = await findEntries(session, query, pending)
    const rows = await fetchRows(session, query.collectionRef, entries, columns)
    const last = entries.at(-1)
    // Every object of the page was deleted meanwhile: an empty page must not announce more.
    if (rows.length > 0 || !hasMore || last === undefined) return { rows, hasMore }
    pending = rangesBeyond(pending, last[0], query.order)
  }
}

async function findEntries(
  session: Session,
  query: PageQuery,
  ranges: Range[],
): Promise<Page<Entry>> {
  const search: Search = { session, query, found: [], turns: [], known: undefined }
  let pending = ranges
  let passed = 0
  for (;;) {
    const look = await lookForward(session, query, pending)
    search.found.push(...look.entries)
    passed += look.passed
    const cut = cutPage(search.found, query)
    if (cut.hasMore) return cut
    if (look.reachedMs === undefined) {
      if (passed >= SEARCH_ENTRIES_ENOUGH) await note(search)
      return cut
    }
    search.turns.push(look.reachedMs)
    // Two matches are enough to stop: the later one proves that the page has a successor.
    if (passed >= SEARCH_ENTRIES_ENOUGH && search.found.length > 1) {
      return { rows: cut.rows.slice(0, -1), hasMore: true }
    }
    if (passed >= SEARCH_ENTRIES_MAX) {
      await note(search)
      throw new SearchUnfinished()
    }
    search.known ??= await readStretches(session, query)
    pending = rangesBeyond(pending, look.reachedMs, query.order)
    pending = beyondStretches(pending, search.known, query)
  }
}

type Search = {
  session: Session
  query: PageQuery
  found: Entry[]
  /** Where each look that had to end did so. */
  turns: number[]
  known: KnownStretches | undefined
}

/** Only what lies between entries that were seen: beyond them a replica may lag. */
async function note({ session, query, found, turns, known }: Search): Promise<void> {
  const nearest = query.order === 'asc' ? query.afterMs : turns[0]
  const furthest = turns.at(-1)
  if (nearest === undefined || furthest === undefined || found.length > STRETCHES_NOTED_MAX) return
  const [afterMs, toMs] = query.order === 'asc' ? [nearest, furthest] : [furthest - 1, nearest]
  const stretches = stretchesBetween(
    { afterMs, toMs },
    found.map(([ms]) => ms),
  )
  const before = known ?? (await readStretches(session, query))
  await noteStretches(session, query, before, stretches, Date.now())
}

/** A search with more matches than this is no dear one. */
const STRETCHES_NOTED_MAX = 10

function stretchesBetween({ afterMs, toMs }: Stretch, matches: number[]): Stretch[] {
  const inside = matches.filter((ms) => ms > afterMs && ms <= toMs).toSorted((a, b) => a - b)
  const ends = [...inside.map((ms) => ms - 1), toMs]
  return ends.map((end, i) => ({ afterMs: i === 0 ? afterMs : (ends[i - 1] ?? 0) + 1, toMs: end }))
}

/** An entry that has gone since it was found is left out: its ref may be another object's by now. */
async function fetchRows(
  session: Session,
  collectionRef: number,
  entries: Entry[],
  columns: string,
): Promise<RawRow[]> {
  if (entries.length === 0) return []
  const found = await session
    .prepare(`
      SELECT o.ref, ${columns} FROM json_each(?1) r
      CROSS JOIN objects o ON o.ref = r.value ->> 0
      CROSS JOIN list_entries e ON e.collection_ref = ?2 AND e.list = '${WHOLE}'
        AND e.is_current = o.is_current AND e.date_added_ms = r.value ->> 1
        AND e.object_ref = o.ref`)
    .bind(JSON.stringify(entries.map(([dateAddedMs, , ref]) => [ref, dateAddedMs])), collectionRef)
    .raw<[number, ...(string | null)[]]>()
  const byRef = new Map(found.map(([ref, ...shown]) => [ref, shown]))
  return entries.flatMap(([dateAddedMs, bytes, ref]): RawRow[] => {
    const shown = byRef.get(ref)
    return shown === undefined ? [] : [[dateAddedMs, bytes, ...shown]]
  })
}
