// From a request's parameters and its cursor to one position and one set of filters. What the
// request says and what the cursor says both hold: the later position, all of the filters.
import type { Config } from '../config.ts'
import { refuse } from '../failure.ts'
import type { Grants } from '../keys/record.ts'
import { instantOf } from '../stix/timestamp.ts'
import type { Collection } from '../store/collections.ts'
import { idList, matchTypeList, typeList } from '../store/lists.ts'
import type { PageQuery, VersionFilter } from '../store/page-query.ts'
import { type Cursor, type FilterTexts, readCursor } from './cursor.ts'
import { filterParameters } from './parameters.ts'

export type PageRequest = {
  query: PageQuery
  /** The position asked for, to echo when the page is empty; undefined = from the start. */
  positionMicros: number | undefined
  filters: FilterTexts[]
}

type Asked = {
  parameters: Record<string, unknown>
  search: URLSearchParams
  collection: Collection
  grants: Pick<Grants, 'lookBackDays'>
  page: Config['page']
  nowMs: number
}

export function readPageRequest(asked: Asked): PageRequest {
  const cursor = readNext(asked.parameters.next as string | undefined, asked.collection)
  const addedAfter = asked.parameters.added_after as number | undefined
  const positions = [addedAfter, cursor === undefined ? undefined : cursor.positionMs * 1000]
  const known = positions.filter((micros) => micros !== undefined)
  const positionMicros = known.length === 0 ? undefined : Math.max(...known)
  const filters = distinct([...(cursor?.filters ?? []), filterTexts(asked.search)])
  const limit = (asked.parameters.limit as number | undefined) ?? cursor?.limit
  return {
    positionMicros,
    filters,
    query: {
      collectionRef: asked.collection.ref,
      ...conditionsOf(filters.flatMap((set) => parseFilters(set) ?? [])),
      afterMs: Math.max(0, Math.floor((positionMicros ?? 0) / 1000)),
      floorMs: lookBackFloorMs(asked.grants.lookBackDays, asked.nowMs),
      limit: Math.min(limit ?? asked.page.limitDefault, asked.page.limitMax),
      bytesMax: asked.page.bytesMax,
    },
  }
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

/** Values by parameter, each a list of alternatives. */
type FilterValues = Partial<Record<string, string[]>>

/** undefined when a text is not one that a request could have brought. */
function parseFilters(texts: FilterTexts): FilterValues | undefined {
  const values: FilterValues = {}
  for (const [name, text] of Object.entries(texts)) {
    const result = filterParameters[name]?.schema.safeParse(text)
    if (result?.success !== true) return undefined
    values[name] = [result.data].flat() as string[]
  }
  return values
}

function filterTexts(search: URLSearchParams): FilterTexts {
  const names = Object.keys(filterParameters).filter((name) => search.has(name))
  return Object.fromEntries(names.map((name) => [name, search.get(name) ?? '']))
}

/** Each set once, empty ones left out, so that a walk's cursors do not grow. */
function distinct(sets: FilterTexts[]): FilterTexts[] {
  const byText = new Map(sets.map((set) => [JSON.stringify(Object.entries(set).sort()), set]))
  byText.delete('[]')
  return [...byText.values()]
}

function conditionsOf(filters: FilterValues[]): Pick<PageQuery, 'listGroups' | 'versions'> {
  const groups = filters.flatMap((set) => [
    ...groupOf(set.type, typeList),
    ...groupOf(set['match[type]'], matchTypeList),
    ...groupOf(set['match[id]'], idList),
  ])
  const byContent = new Map(groups.map((group) => [group.toSorted().join(' '), group]))
  return { listGroups: [...byContent.values()], versions: filters.flatMap(versionFilterOf) }
}

function groupOf(values: string[] | undefined, list: (value: string) => string): string[][] {
  return values === undefined ? [] : [[...new Set(values.map(list))]]
}

function versionFilterOf(set: FilterValues): VersionFilter[] {
  const values = set['match[version]']
  const specVersions = set['match[spec_version]']
  if (values === undefined && specVersions === undefined) return []
  const named = values ?? ['last']
  return [
    {
      all: named.includes('all'),
      first: named.includes('first'),
      last: named.includes('last'),
      keys: named.flatMap((value) => instantOf(value) ?? []),
      specVersions: specVersions ?? null,
    },
  ]
}

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/** Snapped down to a minute, so that readers of one tier ask for the same pages. */
function lookBackFloorMs(lookBackDays: number, nowMs: number): number {
  const floorMs = nowMs - lookBackDays * DAY_MS
  return Math.max(0, floorMs - (((floorMs % MINUTE_MS) + MINUTE_MS) % MINUTE_MS))
}
