// Law 2 under load: many writers, many readers, several isolates; every reader gets every object.
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { COLLECTION_FACTS_MS_MAX } from '../../../src/cache/collection-facts.ts'
import { ask, ROOT } from '../../support/http.ts'
import { createCollection, createWriter, type TestCollection } from '../../support/world.ts'
import { askerIn } from './asker.ts'
import { Ledger, nameOf, type Written } from './ledger.ts'
import {
  byBoth,
  byHeader,
  byNext,
  byWhim,
  type Page,
  type Read,
  read,
  toMilliseconds,
  toSeconds,
  type Way,
} from './readers.ts'
import { randomBelow, SCALE, seeds } from './scale.ts'
import { write } from './writers.ts'

const WRITERS = 8
const ROUNDS = Math.ceil(10 * SCALE)
const ALL = { 'match[version]': 'all' }

/** Readers of the current versions may miss one that was superseded before they came by. */
const currentWays: Way[] = [
  byNext(1),
  byNext(7, { 'match[type]': 'indicator' }, toSeconds),
  byHeader(7),
  byHeader(100, {}, toMilliseconds),
  byHeader(1000, {}, toSeconds),
  byBoth(7),
]
const everyVersionWays: Way[] = [
  byNext(100, ALL),
  byHeader(1, { ...ALL, type: 'indicator' }),
  byHeader(7, ALL, toMilliseconds),
  byHeader(1000, ALL, toSeconds),
  byBoth(100, ALL),
  byWhim(ALL),
]

type Outcome = {
  ledger: Ledger
  dates: Map<string, string>
  viewDates: Map<string, string>
  current: Read[]
  every: Read[]
  viewers: Read[]
}

async function play(seed: number): Promise<Outcome> {
  const key = await createWriter({ per_minute: 1_000_000, per_day: 1_000_000_000 })
  const collection = await createCollection()
  const view = await createCollection({
    can_write: false,
    view: { of: collection.id, subtypes: ['ipv4-addr'] },
  })
  const ledger = new Ledger(WRITERS)
  const below = randomBelow(seed)
  let settledMs: number | undefined
  const isSettled = () => settledMs !== undefined && Date.now() > settledMs
  const reader = (of: TestCollection) => (way: Way, at: number) =>
    read(way, {
      // Every other reader is in an isolate that none of the writers tells of anything.
      ask: at % 2 === 0 ? ask : askerIn({}),
      path: `${ROOT}/collections/${of.id}/objects/`,
      key,
      below: randomBelow(seed + at),
      isSettled,
      pagesMax: 6_000 * SCALE,
    })
  const readers = Promise.all([
    Promise.all(currentWays.map(reader(collection))),
    Promise.all(everyVersionWays.map(reader(collection))),
    Promise.all([byNext(7, ALL), byHeader(100, ALL, toMilliseconds)].map(reader(view))),
  ])
  const writers = Array.from({ length: WRITERS }, () =>
    write({ collection, ledger, below }, key, ROUNDS),
  )
  await Promise.all(writers)
  settledMs = Date.now() + COLLECTION_FACTS_MS_MAX
  const [current, every, viewers] = await readers
  return {
    ledger,
    dates: await datesOf(collection),
    viewDates: await datesOf(view),
    current,
    every,
    viewers,
  }
}

async function datesOf({ id }: TestCollection): Promise<Map<string, string>> {
  const { results } = await env.DB.prepare(
    `SELECT o.stix_id, o.version, e.date_added_ms FROM collections c
     JOIN list_entries e ON e.collection_ref = c.ref AND e.list = '*'
     JOIN objects o ON o.ref = e.object_ref
     WHERE c.id = ?1 ORDER BY e.date_added_ms`,
  )
    .bind(id)
    .all<{ stix_id: string; version: string; date_added_ms: number }>()
  return new Map(
    results.map((row) => [
      nameOf(row.stix_id, row.version),
      `${new Date(row.date_added_ms).toISOString().slice(0, -1)}000Z`,
    ]),
  )
}

describe.each(seeds(1))('with writers and readers at once, seed %i', (seed) => {
  let played: Outcome

  beforeAll(async () => {
    played = await play(seed)
  }, 120_000 * SCALE)

  it('every version acknowledged is stored, with a date of its own that rises', () => {
    const names = played.ledger.all().map(({ id, version }) => nameOf(id, version))
    expect(played.dates.size).toBeGreaterThan(WRITERS * ROUNDS)
    for (const dates of [played.dates, played.viewDates]) {
      expect([...dates.keys()].sort()).toEqual(names.toSorted())
      expect(new Set(dates.values()).size).toBe(dates.size)
    }
  })

  it('a reader of every version gets every version', () => {
    const names = [...played.dates.keys()].sort()
    for (const { way, pages } of [...played.every, ...played.viewers]) {
      expect([...namesIn(pages)].sort(), way.name).toEqual(names)
    }
  })

  it('a reader of current versions misses only what was superseded before it came by', () => {
    for (const reading of played.current) {
      for (const written of played.ledger.all()) expectNotMissed(played, reading, written)
    }
  })

  it('a reader of current versions never gets one that came after its successor', () => {
    for (const { way, pages } of played.current) {
      const names = namesIn(pages)
      for (const written of played.ledger.all()) {
        const isNever = played.ledger
          .after(written)
          .some(({ endedMs }) => endedMs !== undefined && endedMs < written.startedMs)
        const name = nameOf(written.id, written.version)
        if (isNever) expect(names.has(name), `${way.name}: ${name}`).toBe(false)
      }
    }
  })

  it('pages are in the order of their dates, which are those of their first and last', () => {
    for (const { pages } of [...played.current, ...played.every]) {
      for (const page of pages) expectDated(page, played.dates)
    }
    for (const { pages } of played.viewers) {
      for (const page of pages) expectDated(page, played.viewDates)
    }
  })
})

function namesIn(pages: Page[]): Set<string> {
  return new Set(
    pages.flatMap(({ versions }) => versions.map((each) => nameOf(each.id, each.version))),
  )
}

function expectNotMissed({ ledger, dates }: Outcome, { way, pages }: Read, written: Written): void {
  const name = nameOf(written.id, written.version)
  if (namesIn(pages).has(name)) return
  const date = dates.get(name) ?? ''
  // A reader at the end never passes what came last and was superseded when it came.
  const passing = pages.find(({ last }) => last !== null && last >= date) ?? pages.at(-1)
  const successors = ledger.after(written)
  const superseded = successors.filter(({ startedMs }) => startedMs <= (passing?.endedMs ?? 0))
  expect(superseded.length, `${way.name} misses ${name}`).toBeGreaterThan(0)
}

function expectDated(page: Page, dates: Map<string, string>): void {
  const given = page.versions.map(({ id, version }) => dates.get(nameOf(id, version)))
  expect(given).toEqual(given.toSorted())
  if (given.length === 0) return
  expect([page.first, page.last]).toEqual([given[0], given.at(-1)])
}
