// Turns a page query into ranges of lists: one for the ordinary page, several when a filter has
// alternatives, when old versions are asked for, or when the look-back floor lies ahead.
import { EXEMPT_FROM_LOOK_BACK, kindOf, overflowOf, WHOLE } from './lists.ts'
import type { PageQuery, Range } from './page-query.ts'

export function rangesOf(query: PageQuery): Range[] {
  const [driving, also] = chooseDriving(query.listGroups)
  const afterMs = Math.max(query.afterMs, query.floorMs - 1)
  const ranges = rangesOfLists(query, driving, { afterMs, beforeMs: query.beforeMs, also })
  return [...exemptRanges(query), ...ranges].filter((range) => range.beforeMs - range.afterMs > 1)
}

/** Before the floor only the exempt lists are read; there the whole filter is a condition. */
function exemptRanges(query: PageQuery): Range[] {
  return rangesOfLists(query, EXEMPT_FROM_LOOK_BACK, {
    afterMs: query.afterMs,
    beforeMs: Math.min(query.floorMs, query.beforeMs),
    also: query.listGroups,
  })
}

type Bounds = Pick<Range, 'afterMs' | 'beforeMs' | 'also'>

function rangesOfLists(query: PageQuery, lists: string[], bounds: Bounds): Range[] {
  const standings: (0 | 1)[] = query.versions.length === 0 ? [1] : [1, 0]
  const ranges = (list: string, also: string[][], isOverflow: boolean) =>
    standings.map((isCurrent) => ({ ...bounds, list, isCurrent, also, isOverflow }))
  const overflows = [...new Set(lists.flatMap(overflowOf))]
  return [
    ...lists.flatMap((list) => ranges(list, bounds.also, false)),
    // What is there belongs to other lists of the kind too.
    ...overflows.flatMap((list) => ranges(list, [lists, ...bounds.also], true)),
  ]
}

/** What a page has shown or looked at is behind it: the rest of the ranges, in the page's order. */
export function rangesBeyond(ranges: Range[], positionMs: number, order: PageQuery['order']) {
  return ranges
    .map((range) =>
      order === 'asc'
        ? { ...range, afterMs: Math.max(range.afterMs, positionMs) }
        : { ...range, beforeMs: Math.min(range.beforeMs, positionMs) },
    )
    .filter((range) => range.beforeMs - range.afterMs > 1)
}

/** The group that is read; the others are checked entry by entry. */
function chooseDriving(groups: string[][]): [driving: string[], also: string[][]] {
  const [driving = [WHOLE], ...also] = groups.toSorted((a, b) => breadth(a) - breadth(b))
  return [driving, also]
}

/** Kinds of lists, from those with the fewest members to those with the most. */
export const KINDS = ['id', 'hash', 'value', 'revoked', 'match', 'type']

function breadth(group: string[]): number {
  return Math.max(...group.map(rankOf))
}

function rankOf(list: string): number {
  const rank = KINDS.indexOf(kindOf(list))
  if (rank < 0) throw new Error(`${list}: lists of this kind have no rank among KINDS`)
  return rank
}
