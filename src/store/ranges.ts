// Turns a page query into ranges of lists: one for the ordinary page, several when a filter has
// alternatives, when old versions are asked for, or when the look-back floor lies ahead.
import { EXEMPT_FROM_LOOK_BACK, WHOLE } from './lists.ts'
import { END_OF_TIME_MS, type PageQuery, type Range } from './page-query.ts'

export function rangesOf(query: PageQuery): Range[] {
  const [driving, also] = chooseDriving(query.listGroups)
  const standings: (0 | 1)[] = query.versions.length === 0 ? [1] : [1, 0]
  const startMs = Math.max(query.afterMs, query.floorMs - 1)
  const ranges = driving.flatMap((list) =>
    standings.map(
      (isCurrent): Range => ({
        list,
        isCurrent,
        afterMs: startMs,
        throughMs: END_OF_TIME_MS,
        also,
      }),
    ),
  )
  return query.afterMs < query.floorMs - 1 ? [...exemptRanges(query, standings), ...ranges] : ranges
}

/** Before the floor only the exempt lists are read; there the whole filter is a condition. */
function exemptRanges(query: PageQuery, standings: (0 | 1)[]): Range[] {
  return EXEMPT_FROM_LOOK_BACK.flatMap((list) =>
    standings.map((isCurrent) => ({
      list,
      isCurrent,
      afterMs: query.afterMs,
      throughMs: query.floorMs - 1,
      also: query.listGroups,
    })),
  )
}

/** The group that is read; the others are checked entry by entry. Ids select the most. */
function chooseDriving(groups: string[][]): [string[], string[][]] {
  if (groups.length === 0) return [[WHOLE], []]
  const rank = (group: string[]) => Math.max(...group.map((list) => SELECTIVITY[prefix(list)] ?? 0))
  const ordered = groups.toSorted((a, b) => rank(a) - rank(b))
  const [driving = [WHOLE], ...also] = ordered
  return [driving, also]
}

const SELECTIVITY: Record<string, number> = { id: 0, match: 1, type: 2 }

function prefix(list: string): string {
  return list.slice(0, list.indexOf(':'))
}
