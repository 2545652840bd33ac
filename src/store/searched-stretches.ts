// What dear searches have found to be empty, so that the next search like it starts behind that:
// with this a search that one request cannot finish is finished by those that repeat it.
import type { Session } from './database.ts'
import type { PageQuery, Range } from './page-query.ts'
import { rangesBeyond } from './ranges.ts'

/** Nothing matches after `afterMs`, up to and with `toMs`. */
export type Stretch = { afterMs: number; toMs: number }

/** Before the look-back floor other lists are read than after it: two searches. */
type Side = 'before floor' | 'after floor'
export type KnownStretches = Record<Side, { search: string; stretches: Stretch[] }>

const SIDES: Side[] = ['before floor', 'after floor']
const STRETCHES_READ_MAX = 1_000

export async function readStretches(session: Session, query: PageQuery): Promise<KnownStretches> {
  const searches = await Promise.all(SIDES.map((side) => digestOf(query, side)))
  const rows = await session
    .prepare(`
      SELECT search, after_ms, to_ms FROM searched_stretches
      WHERE collection_ref = ?1 AND search IN (?2, ?3) AND to_ms > ?4 AND after_ms < ?5
      LIMIT ${STRETCHES_READ_MAX}`)
    .bind(query.collectionRef, ...searches, query.afterMs, query.beforeMs)
    .raw<[search: string, afterMs: number, toMs: number]>()
  const known = (search = '') => ({
    search,
    stretches: rows.flatMap(([of, afterMs, toMs]) => (of === search ? [{ afterMs, toMs }] : [])),
  })
  return { 'before floor': known(searches[0]), 'after floor': known(searches[1]) }
}

/** The ranges without the known stretches that they begin with. */
export function beyondStretches(
  ranges: Range[],
  known: KnownStretches,
  { order, floorMs }: PageQuery,
): Range[] {
  return ranges.flatMap((range) => {
    const { stretches } = known[range.beforeMs <= floorMs ? 'before floor' : 'after floor']
    return rangesBeyond([range], endOfStretches(range, stretches, order), order)
  })
}

/** The position that has nothing but known stretches between the range's beginning and itself. */
function endOfStretches(range: Range, stretches: Stretch[], order: PageQuery['order']): number {
  let position = order === 'asc' ? range.afterMs : range.beforeMs
  const step = ({ afterMs, toMs }: Stretch) => {
    if (order === 'asc') return afterMs <= position && position < toMs ? toMs : position
    return afterMs < position - 1 && position - 1 <= toMs ? afterMs + 1 : position
  }
  for (;;) {
    const further = stretches.map(step).find((end) => end !== position)
    if (further === undefined) return position
    position = further
  }
}

/** Keeps stretches for `STRETCHES_KEPT_MS`; one that a known stretch leads up to makes that longer. */
export async function noteStretches(
  session: Session,
  query: PageQuery,
  known: KnownStretches,
  found: Stretch[],
  nowMs: number,
): Promise<void> {
  const { floorMs } = query
  const rows = SIDES.flatMap((side) => {
    const { search, stretches } = known[side]
    return found
      .map(({ afterMs, toMs }) =>
        side === 'before floor'
          ? { afterMs, toMs: Math.min(toMs, floorMs - 1) }
          : { afterMs: Math.max(afterMs, floorMs - 1), toMs },
      )
      .filter(({ afterMs, toMs }) => afterMs < toMs)
      .map((stretch) => joined(stretch, stretches))
      .map(({ afterMs, toMs }) => [search, afterMs, toMs])
  })
  await session
    .prepare(`
      INSERT INTO searched_stretches (collection_ref, search, after_ms, to_ms, searched_at_ms)
      SELECT ?1, value ->> 0, value ->> 1, value ->> 2, ?3 FROM json_each(?2) WHERE true
      ON CONFLICT DO UPDATE SET
        to_ms = max(to_ms, excluded.to_ms), searched_at_ms = excluded.searched_at_ms`)
    .bind(query.collectionRef, JSON.stringify(rows), nowMs)
    .run()
}

function joined({ afterMs, toMs }: Stretch, known: Stretch[]): Stretch {
  const before = known.filter((each) => each.afterMs <= afterMs && afterMs <= each.toMs)
  return { afterMs: Math.min(afterMs, ...before.map((each) => each.afterMs)), toMs }
}

const STRETCHES_KEPT_MS = 7 * 86_400_000

/** Removes what has not been of use for long, so many rows at most; answers how many it removed. */
export async function expireStretches(
  session: Session,
  nowMs: number,
  rowsMax: number,
): Promise<number> {
  const { meta } = await session
    .prepare(`
      DELETE FROM searched_stretches WHERE (collection_ref, search, after_ms) IN (
        SELECT collection_ref, search, after_ms FROM searched_stretches
        WHERE searched_at_ms < ?1 ORDER BY searched_at_ms LIMIT ?2)`)
    .bind(nowMs - STRETCHES_KEPT_MS, rowsMax)
    .run()
  return meta.changes
}

/**
 * Everything that decides what matches. The revision stands for the deletes so far: only they make
 * an object match where it did not, by bringing an older version back.
 */
async function digestOf({ revision, listGroups, versions, content }: PageQuery, side: Side) {
  const text = JSON.stringify([revision, side, listGroups, versions, content])
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return new Uint8Array(bytes).toBase64({ alphabet: 'base64url', omitPadding: true })
}
