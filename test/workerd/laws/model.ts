// The server as it would be in memory, in the plainest form: an array of versions in the order they
// were added, and filters over all of them. It knows nothing of lists, ranges or cursors.
import type { Stix } from './drafts.ts'
import { passes, picksVersion, type Texts } from './model-filters.ts'

/** The collection, or the view of it. */
export type Shelf = 'collection' | 'view'

export type Version = Stix & { dates: { collection: number; view?: number } }

export type Question = {
  shelf: Shelf
  afterMicros: number
  /** Newest first, and then only what was added before this. */
  beforeMs: number | undefined
  floorMs: number
  filters: Texts[]
  isNewestFirst: boolean
  /** For the versions of one object, which have no choice of versions. */
  isEveryVersion?: boolean
}

export type Verdict = 'added' | 'present' | 'refused'

export class Model {
  versions: Version[] = []
  /** The greatest date ever given on each shelf. */
  readonly highest: Record<Shelf, number> = { collection: 0, view: 0 }

  add(objects: Stix[]): { verdicts: Verdict[]; fresh: Stix[] } {
    const fresh: Stix[] = []
    const verdicts = objects.map((object): Verdict => {
      const known = [...this.versions, ...fresh].find((each) => isSameVersion(each, object))
      if (known !== undefined) return isSameContent(known, object) ? 'present' : 'refused'
      fresh.push(object)
      return 'added'
    })
    return { verdicts, fresh }
  }

  /** Takes out the versions that the filters pick, or all; answers how many. */
  remove(id: string, filters: Texts): number {
    const isChosen = (each: Version) =>
      each.id === id &&
      (Object.keys(filters).length === 0 ||
        picksVersion(each, this.versions, { ...WHOLE_OBJECT, ...filters }, each.dates.collection))
    const rest = this.versions.filter((each) => !isChosen(each))
    const removed = this.versions.length - rest.length
    this.versions = rest
    return removed
  }

  /** What was added before this goes, but for what other objects name. */
  retire(beforeMs: number): void {
    this.versions = this.versions.filter(
      ({ type, dates }) => EXEMPT.includes(type) || dates.collection >= beforeMs,
    )
  }

  select(question: Question): Version[] {
    const { shelf, afterMicros, beforeMs, floorMs, filters, isNewestFirst } = question
    const chosen = this.versions.filter((each) => {
      const date = each.dates[shelf]
      return (
        date !== undefined &&
        date * 1000 > afterMicros &&
        (beforeMs === undefined || date < beforeMs) &&
        (date >= floorMs || EXEMPT.includes(each.type)) &&
        filters.every((texts) => passes(each, texts)) &&
        this.#isPicked(each, question, date)
      )
    })
    return isNewestFirst ? chosen.reverse() : chosen
  }

  #isPicked(each: Version, { filters, isEveryVersion }: Question, date: number): boolean {
    const asked = filters
      .filter((texts) => 'match[version]' in texts || 'match[spec_version]' in texts)
      .map((texts) => (isEveryVersion ? { ...texts, 'match[version]': 'all' } : texts))
    const sets = asked.length > 0 ? asked : [isEveryVersion ? { 'match[version]': 'all' } : {}]
    return sets.every((texts) => picksVersion(each, this.versions, texts, date))
  }

  /** Whether the reader can know that the object is there, in whatever version. */
  has(id: string, shelf: Shelf, floorMs: number): boolean {
    return this.versions.some((each) => {
      const date = each.dates[shelf]
      const isInSight = date !== undefined && (date >= floorMs || EXEMPT.includes(each.type))
      return each.id === id && isInSight
    })
  }
}

const EXEMPT = ['identity', 'marking-definition']
/** A form of STIX named without versions means all of the object's versions in that form. */
const WHOLE_OBJECT: Texts = { 'match[version]': 'all' }

export type Bounds = { limit: number; bytesMax: number }

/** The first of these that fit in a page; never less than one. */
export function cut(chosen: Version[], { limit, bytesMax }: Bounds): Version[] {
  const page: Version[] = []
  let bytes = 0
  for (const each of chosen) {
    bytes += new TextEncoder().encode(each.text).length
    if (page.length === limit || (page.length > 0 && bytes > bytesMax)) break
    page.push(each)
  }
  return page
}

function isSameVersion(a: Stix, b: Stix): boolean {
  return a.id === b.id && a.specVersion === b.specVersion && a.instant === b.instant
}

function isSameContent(a: Stix, b: Stix): boolean {
  return JSON.stringify(a.fields) === JSON.stringify(b.fields)
}
