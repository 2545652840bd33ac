// The filters of a page request: their texts, which travel in `next`, and what they ask of the
// store. Filters of several requests all hold.
import { instantOf } from '../stix/timestamp.ts'
import { idList, matchTypeList, typeList } from '../store/lists.ts'
import type { PageQuery, VersionFilter } from '../store/page-query.ts'
import type { FilterTexts } from './cursor.ts'
import { type Condition, interopFilters } from './interop-filters.ts'
import { filterParameters } from './parameters.ts'

/** Values by parameter, each a list of alternatives. */
export type FilterValues = Partial<Record<string, string[]>>

/** The filters among an operation's parsed parameters, as their texts. */
export function filterTexts(parameters: Record<string, unknown>): FilterTexts {
  const names = Object.keys(filterParameters).filter((name) => parameters[name] !== undefined)
  return Object.fromEntries(names.map((name) => [name, String(parameters[name])]))
}

/** undefined when a text is not one that a request could have brought. */
export function parseFilters(texts: FilterTexts): FilterValues | undefined {
  const values: FilterValues = {}
  for (const [name, text] of Object.entries(texts)) {
    const parameter = Object.hasOwn(filterParameters, name) ? filterParameters[name] : undefined
    const result = parameter?.schema.safeParse(text)
    if (result?.success !== true) return undefined
    values[name] = [result.data].flat() as string[]
  }
  return values
}

/** Each set once, empty ones left out, so that a walk's cursors do not grow. */
export function distinctFilters(sets: FilterTexts[]): FilterTexts[] {
  const byText = new Map(sets.map((set) => [JSON.stringify(Object.entries(set).sort()), set]))
  byText.delete('[]')
  return [...byText.values()]
}

export function conditionsOf(
  filters: FilterValues[],
): Pick<PageQuery, 'listGroups' | 'versions' | 'content' | 'order'> {
  const interop = filters.flatMap(interopConditions)
  const groups = [
    ...filters.flatMap((set) => [
      ...groupOf(set.type, typeList),
      ...groupOf(set['match[type]'], matchTypeList),
      ...groupOf(set['match[id]'], idList),
    ]),
    ...interop.flatMap((condition) => ('list' in condition ? [condition.list] : [])),
  ]
  const byContent = new Map(groups.map((group) => [group.toSorted().join(' '), group]))
  return {
    listGroups: [...byContent.values()],
    versions: filters.flatMap(versionFilterOf),
    content: interop.flatMap((condition) => ('tests' in condition ? [condition.tests] : [])),
    order: filters.some((set) => set.x_sort?.[0] === 'desc') ? 'desc' : 'asc',
  }
}

function interopConditions(set: FilterValues): Condition[] {
  return Object.entries(set).flatMap(([name, values]) => {
    const filter = interopFilters[name]
    return filter === undefined || values === undefined ? [] : [filter.condition(values)]
  })
}

function groupOf(values: string[] | undefined, list: (value: string) => string): string[][] {
  return values === undefined ? [] : [[...new Set(values.map(list))]]
}

export function versionFilterOf(set: FilterValues): VersionFilter[] {
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
