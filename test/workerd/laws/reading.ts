// Readers of a random history: each page is foretold by the model to the last character, and every
// page with more can be gone on from, at any later time and in any way.
import { expect } from 'vitest'
import { type Answer, ROOT, TAXII } from '../../support/http.ts'
import type { TestCollection } from '../../support/world.ts'
import type { Asker } from './asker.ts'
import { idOf } from './drafts.ts'
import { BOUNDS, type Keys, stampOf } from './history.ts'
import { cut, type Model, type Shelf, type Version } from './model.ts'
import type { Texts } from './model-filters.ts'
import type { Following, ReadStep, ResumeStep } from './steps.ts'

/** What stays the same all along a walk. */
type Walk = Pick<ReadStep, 'reader' | 'shelf' | 'resource' | 'slot' | 'filters' | 'limit'>

/** A page that had more: what its `next` and its header stand for. */
type Place = {
  walk: Walk
  next: string
  last: string
  positionMs: number
  limit: number
  sets: Texts[]
}

type Asked = {
  walk: Walk
  /** What the request itself says. */
  filters: Texts
  limit: number | undefined
  addedAfterMicros: number | undefined
  /** What its `next` says. */
  place: Place | undefined
  gzip: boolean
}

type World = {
  model: Model
  shelves: Partial<Record<Shelf, TestCollection>>
  keys: Keys
  ask: Asker
}

const DAY_MS = 86_400_000
const FILTER_SETS_MAX = 8

export class Reading {
  readonly #world: World
  readonly #places: Place[] = []
  readonly #sent: Asked[] = []

  constructor(world: World) {
    this.#world = world
  }

  async begin({ after, kind: _, gzip, ...walk }: ReadStep): Promise<void> {
    const { shelves, model } = this.#world
    if (shelves[walk.shelf] === undefined) return
    const known = model.versions.flatMap(({ dates }) => dates[walk.shelf] ?? [])
    const date = after === undefined ? undefined : known[after.place % Math.max(1, known.length)]
    const addedAfterMicros = date === undefined ? undefined : date * 1000 + (after?.micros ?? 0)
    const { filters, limit } = walk
    await this.#turnPage({ walk, filters, limit, addedAfterMicros, place: undefined, gzip })
  }

  async resume(step: ResumeStep): Promise<void> {
    const { place: index, following, more, limit, pages, gzip } = step
    let place = this.#places[index % Math.max(1, this.#places.length)]
    for (let page = 0; page < pages && place !== undefined; page++) {
      const known = this.#world.model.versions.length
      if (page > known) throw new Error(`no end after ${page} pages of ${known} versions`)
      const filters = isOfOneObject(place.walk) ? {} : more
      place = await this.#turnPage(followed(place, following, { filters, limit, gzip }))
    }
  }

  /** Counted from the latest: an answer kept for a moment is the one that could be out of date. */
  async repeat(place: number): Promise<void> {
    const asked = this.#sent.at(-1 - (place % Math.max(1, this.#sent.length)))
    if (asked !== undefined) await this.#turnPage(asked)
  }

  /** Asks for a page and compares it; gives the place to go on from when there is more. */
  async #turnPage(asked: Asked): Promise<Place | undefined> {
    const { walk, place } = asked
    this.#sent.push(asked)
    const sets = distinct([...(place?.sets ?? []), asked.filters])
    const answer = await this.#ask(asked)
    if (sets.length > FILTER_SETS_MAX) {
      expect([answer.status, answer.json.details?.parameter]).toEqual([400, 'next'])
      return undefined
    }
    const isNewestFirst = sets.some((set) => set.x_sort === 'desc')
    const positionMicros = isNewestFirst
      ? asked.addedAfterMicros
      : later(asked.addedAfterMicros, place && place.positionMs * 1000)
    const floorMs = walk.reader === 'free' ? floorOf(Date.now()) : 0
    const chosen = this.#world.model
      .select({
        shelf: walk.shelf,
        afterMicros: positionMicros ?? 0,
        beforeMs: isNewestFirst ? place?.positionMs : undefined,
        floorMs,
        filters: sets,
        isNewestFirst,
        isEveryVersion: walk.resource === 'versions',
      })
      .filter(({ id }) => !isOfOneObject(walk) || id === idOf(walk.slot))
    const limit = Math.min(asked.limit ?? place?.limit ?? BOUNDS.limitDefault, BOUNDS.limitMax)
    const page = cut(chosen, { limit, bytesMax: isOfTexts(walk) ? BOUNDS.bytesMax : Infinity })
    if (page.length === 0 && isOfOneObject(walk)) {
      const isThere = this.#world.model.has(idOf(walk.slot), walk.shelf, floorMs)
      expect(answer.status, answer.text).toBe(isThere ? 200 : 404)
      if (!isThere) return undefined
    }
    expectPage(answer, walk, { page, hasMore: chosen.length > page.length, positionMicros })
    const positionMs = page.at(-1)?.dates[walk.shelf]
    if (chosen.length === page.length || positionMs === undefined) return undefined
    const next: string = answer.json.next
    const found = { walk, next, last: stampOf(positionMs * 1000), positionMs, limit, sets }
    this.#places.push(found)
    return found
  }

  async #ask({ walk, filters, limit, addedAfterMicros, place, gzip }: Asked): Promise<Answer> {
    const { keys, shelves, ask } = this.#world
    const query = new URLSearchParams({
      ...filters,
      ...(limit === undefined ? {} : { limit: String(limit) }),
      ...(addedAfterMicros === undefined ? {} : { added_after: stampOf(addedAfterMicros) }),
      ...(place === undefined ? {} : { next: place.next }),
    })
    const object = `objects/${idOf(walk.slot)}/`
    const paths = {
      objects: 'objects/',
      manifest: 'manifest/',
      object,
      versions: `${object}versions/`,
    }
    const path = `${ROOT}/collections/${shelves[walk.shelf]?.id}/${paths[walk.resource]}`
    return await ask(`${path}?${query}`, {
      key: keys[walk.reader],
      headers: gzip ? { 'Accept-Encoding': 'gzip' } : {},
    })
  }
}

/** The next request of a walk. Newest first goes on by `next` alone. */
function followed(
  place: Place,
  following: Following,
  { filters: more, limit, gzip }: Pick<Asked, 'filters' | 'limit' | 'gzip'>,
): Asked {
  const { walk, positionMs } = place
  const isNewestFirst = place.sets.some((set) => set.x_sort === 'desc')
  const repeated = { ...walk.filters, ...more }
  const by = isNewestFirst ? 'next' : following.by
  const digits = following.by === 'header' ? following.digits : 6
  const addedAfterMicros = by === 'next' ? undefined : cutTo(positionMs, digits)
  if (by === 'header') {
    const asked = { filters: repeated, limit: limit ?? walk.limit, addedAfterMicros }
    return { walk, ...asked, place: undefined, gzip }
  }
  const repeats = following.by !== 'header' && following.repeats
  return { walk, filters: repeats ? repeated : more, limit, addedAfterMicros, place, gzip }
}

/** Dates are whole milliseconds, so a client that cuts them there loses nothing. */
function cutTo(positionMs: number, digits: 3 | 6): number {
  return digits === 6 ? positionMs * 1000 : Math.floor(positionMs) * 1000
}

type Foretold = { page: Version[]; hasMore: boolean; positionMicros: number | undefined }

function expectPage(answer: Answer, walk: Walk, { page, hasMore, positionMicros }: Foretold): void {
  const { status, headers, json, text } = answer
  expect(status, text).toBe(200)
  expect(headers.get('Content-Type')).toBe(TAXII)
  expect(json.more).toBe(hasMore)
  expect(typeof json.next).toBe(hasMore ? 'string' : 'undefined')
  const stamps = page.map(({ dates }) => stampOf((dates[walk.shelf] ?? Number.NaN) * 1000))
  const echo = positionMicros === undefined ? null : stampOf(positionMicros)
  expect(headers.get('X-TAXII-Date-Added-First')).toBe(stamps[0] ?? echo)
  expect(headers.get('X-TAXII-Date-Added-Last')).toBe(stamps.at(-1) ?? echo)
  if (isOfTexts(walk)) {
    expect(text.slice(text.indexOf('"objects":['))).toBe(
      `"objects":[${page.map((each) => each.text).join(',')}]}`,
    )
    return
  }
  const records = page.map(({ id, version, specVersion }, at) => ({
    id,
    date_added: stamps[at],
    version: version ?? stamps[at],
    media_type: `application/stix+json;version=${specVersion}`,
  }))
  if (walk.resource === 'manifest') expect(json.objects).toEqual(records)
  else expect(json.versions).toEqual(records.map(({ version }) => version))
}

function isOfTexts({ resource }: Walk): boolean {
  return resource === 'objects' || resource === 'object'
}

function isOfOneObject({ resource }: Walk): boolean {
  return resource === 'object' || resource === 'versions'
}

function distinct(sets: Texts[]): Texts[] {
  const byText = new Map(sets.map((set) => [JSON.stringify(Object.entries(set).sort()), set]))
  byText.delete('[]')
  return [...byText.values()]
}

function later(micros: number | undefined, other: number | undefined): number | undefined {
  return micros === undefined ? other : Math.max(micros, other ?? 0)
}

/** A free key looks one day back, from the whole minute. */
function floorOf(nowMs: number): number {
  return Math.floor((nowMs - DAY_MS) / 60_000) * 60_000
}
