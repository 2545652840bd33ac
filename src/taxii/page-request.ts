// From a request's parameters and its cursor to one position and one set of filters. What the
// request says and what the cursor says both hold: the later position, all of the filters.
import type { Config } from '../config/config.ts'
import { type Failure, refuse } from '../failure.ts'
import type { AppContext } from '../http/context.ts'
import type { Grants } from '../keys/record.ts'
import { type Collection, takesSpecVersion } from '../store/collections.ts'
import { END_OF_TIME_MS, type PageQuery, type VersionFilter } from '../store/page-query.ts'
import { type Cursor, FILTER_SETS_MAX, type FilterTexts, readCursor } from './cursor.ts'
import { conditionsOf, distinctFilters, filterTexts, parseFilters } from './filters.ts'

export type PageRequest = {
  query: PageQuery
  /** The position asked for, to echo when the page is empty; undefined = from the start. */
  positionMicros: number | undefined
  filters: FilterTexts[]
}

export function pageRequestOf(
  c: AppContext,
  collection: Collection,
  grants = c.get('grants'),
): PageRequest {
  return readPageRequest({
    parameters: c.get('parameters'),
    collection,
    grants,
    page: c.get('runtime').config.page,
    nowMs: Date.now(),
  })
}

type Asked = {
  parameters: Record<string, unknown>
  collection: Collection
  grants: Pick<Grants, 'lookBackDays'>
  page: Config['page']
  nowMs: number
}

export function readPageRequest(asked: Asked): PageRequest {
  const cursor = readNext(asked.parameters.next as string | undefined, asked.collection)
  const addedAfter = asked.parameters.added_after as number | undefined
  const own = filterTexts(asked.parameters)
  const filters = distinctFilters([...(cursor?.filters ?? []), own])
  requireCarriable(filters, own)
  const conditions = conditionsOf(filters.map((set) => parseFilters(set) ?? {}))
  const isBackwards = conditions.order === 'desc'
  const positionMicros = laterOf(addedAfter, isBackwards ? undefined : cursor?.positionMs)
  const limit = (asked.parameters.limit as number | undefined) ?? cursor?.limit
  return {
    positionMicros,
    filters,
    query: {
      collectionRef: asked.collection.ref,
      revision: asked.collection.revision,
      ...conditions,
      afterMs: Math.max(0, Math.floor((positionMicros ?? 0) / 1000)),
      beforeMs: canHold(asked.collection, conditions.versions)
        ? ((isBackwards ? cursor?.positionMs : undefined) ?? END_OF_TIME_MS)
        : 0,
      floorMs: lookBackFloorMs(asked.grants.lookBackDays, asked.nowMs),
      limit: Math.min(limit ?? asked.page.limitDefault, asked.page.limitMax),
      bytesMax: asked.page.bytesMax,
    },
  }
}

/** Without a look at its objects: a form of STIX that it never took is not among them. */
function canHold(collection: Collection, versions: VersionFilter[]): boolean {
  return versions.every(
    ({ specVersions }) =>
      specVersions === null || specVersions.some((each) => takesSpecVersion(collection, each)),
  )
}

const TOO_MANY_FILTERS: Failure = {
  kind: 'bad-parameter',
  name: 'next',
  problem: `has ${FILTER_SETS_MAX} different sets of filters behind it; leave it out to start anew`,
}

/** Filters travel in `next`, which has to fit into a URL: 16 KB at the edge, beside the filters again. */
const FILTER_BYTES_MAX = 6_000

/** Refuses filters that the `next` of their page could not carry back. */
function requireCarriable(filters: readonly FilterTexts[], own: FilterTexts): void {
  if (filters.length > FILTER_SETS_MAX) refuse(TOO_MANY_FILTERS)
  const bytes = new TextEncoder().encode(JSON.stringify(filters)).byteLength
  if (bytes <= FILTER_BYTES_MAX) return
  const [longest] = Object.entries(own).toSorted(([, a], [, b]) => b.length - a.length)
  refuse({
    kind: 'bad-parameter',
    name: filters.length > 1 || longest === undefined ? 'next' : longest[0],
    problem: `makes the filters longer than the ${FILTER_BYTES_MAX} bytes they may have together`,
  })
}

/** The two positions of a forward walk are the same kind of thing; the later one holds. */
function laterOf(micros: number | undefined, ms: number | undefined): number | undefined {
  if (ms === undefined) return micros
  return Math.max(micros ?? 0, ms * 1000)
}

/**
 * Absent when empty, and when it belongs to another collection: one shipped client sends the last
 * cursor of one collection to the next, and would never recover from a refusal.
 */
function readNext(text: string | undefined, collection: Collection): Cursor | undefined {
  if (text === undefined || text === '') return undefined
  const cursor = readCursor(text)
  if (cursor === undefined || cursor.filters.some((set) => parseFilters(set) === undefined)) {
    return refuse({
      kind: 'bad-parameter',
      name: 'next',
      problem: 'is not a value this server gave; leave it out to start from added_after',
    })
  }
  return cursor.collectionId === collection.id ? cursor : undefined
}

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/** Snapped down to a minute, so that readers of one tier ask for the same pages. */
function lookBackFloorMs(lookBackDays: number, nowMs: number): number {
  const floorMs = nowMs - lookBackDays * DAY_MS
  return Math.max(0, floorMs - (((floorMs % MINUTE_MS) + MINUTE_MS) % MINUTE_MS))
}
