// A page as rows, and the one rule that cuts it.
import type { PageQuery } from './page-query.ts'

/**
 * `hasMore` is true only when at least one further object exists, and then `rows` is not empty.
 * Bounded in objects (`limit`) and in bytes (`bytesMax`, though never below one object).
 */
export type Page<Row> = { rows: Row[]; hasMore: boolean }

/** Where a page begins and ends, which everyone needs to know who hands it on. */
export type PageExtent = {
  rows: number
  /** date_added of the first and the last row; null on an empty page. */
  firstMs: number | null
  lastMs: number | null
  hasMore: boolean
}

export const EMPTY: PageExtent = { rows: 0, firstMs: null, lastMs: null, hasMore: false }

export function extentOf({ rows, hasMore }: Page<RawRow>): PageExtent {
  return {
    rows: rows.length,
    firstMs: rows[0]?.[0] ?? null,
    lastMs: rows.at(-1)?.[0] ?? null,
    hasMore,
  }
}

/** date_added_ms, bytes, then whatever columns the page shows. */
export type RawRow = [dateAddedMs: number, bytes: number, ...columns: (string | null)[]]

/** Puts rows in the query's order and cuts them to its bounds. */
export function cutPage<Row extends readonly [dateAddedMs: number, bytes: number, ...unknown[]]>(
  rows: readonly Row[],
  { limit, bytesMax, order }: Pick<PageQuery, 'limit' | 'bytesMax' | 'order'>,
): Page<Row> {
  const ordered = rows.toSorted((a, b) => (order === 'asc' ? a[0] - b[0] : b[0] - a[0]))
  let bytes = 0
  let length = 0
  for (const row of ordered) {
    bytes += row[1]
    if (length === limit || (length > 0 && bytes > bytesMax)) break
    length++
  }
  return { rows: ordered.slice(0, length), hasMore: length < ordered.length }
}
