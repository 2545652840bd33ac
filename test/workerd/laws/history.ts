// Runs the steps of a random history against the Worker and the model side by side, and compares
// what both say after every one of them.
import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import { forgetCollections } from '../../../src/cache/collection-facts.ts'
import { type Answer, ROOT, TAXII } from '../../support/http.ts'
import type { TestCollection } from '../../support/world.ts'
import { type Asker, askerIn } from './asker.ts'
import { idOf, type Stix, stixOf } from './drafts.ts'
import { Model, type Shelf, type Verdict } from './model.ts'
import type { Texts } from './model-filters.ts'
import { Reading } from './reading.ts'
import type { Reader, Step } from './steps.ts'

export type Keys = Record<Reader, string>

/** Small bounds, so that short histories have many pages. */
export const BOUNDS = { limitDefault: 4, limitMax: 20, bytesMax: 100_000 }
const SETTINGS = {
  PAGE_LIMIT_DEFAULT: String(BOUNDS.limitDefault),
  PAGE_LIMIT_MAX: String(BOUNDS.limitMax),
  PAGE_BYTES_MAX: String(BOUNDS.bytesMax),
}
const VIEW = { types: ['identity', 'x-thing'], subtypes: ['ipv4-addr', 'file'] }
/** Twice this is beyond the look-back of a free key; no multiple is near a whole day. */
const TIME_PASSED_MS = (13 * 60 + 7) * 60_000
const DAY_MS = 86_400_000
let count = 0

export class History {
  readonly model = new Model()
  readonly shelves: Partial<Record<Shelf, TestCollection>> = {}
  readonly #ask: Asker = askerIn(SETTINGS)
  readonly #keys: Keys
  readonly #reading: Reading
  steps = 0

  readonly #database: 'DB' | 'DB_2'

  /** `database` is the one that keeps the collection. */
  constructor(keys: Keys, database: 'DB' | 'DB_2') {
    this.#keys = keys
    this.#database = database
    this.#reading = new Reading({ model: this.model, shelves: this.shelves, keys, ask: this.#ask })
  }

  async begin(): Promise<void> {
    this.shelves.collection = await this.#makeShelf({
      can_write: true,
      database: this.#database,
      media_types: ['application/stix+json;version=2.1', 'application/stix+json;version=2.0'],
    })
  }

  async run(step: Step): Promise<void> {
    this.steps++
    switch (step.kind) {
      case 'add':
        return await this.#add(step.drafts.map(stixOf), step.via)
      case 'remove':
        return await this.#remove(idOf(step.slot), step.filters)
      case 'make view':
        return await this.#makeView()
      case 'let time pass':
        return await this.#letTimePass()
      case 'retire':
        return await this.#retire()
      case 'read':
        return await this.#reading.begin(step)
      case 'resume':
        return await this.#reading.resume(step)
      case 'repeat':
        return await this.#reading.repeat(step.place)
    }
  }

  async #add(objects: Stix[], via: 'post' | 'import'): Promise<void> {
    const startedMs = Date.now()
    const { verdicts, fresh } = this.model.add(objects)
    const text = `{"objects":[${objects.map(({ text }) => text).join(', ')}]}`
    if (via === 'post') await this.#post(text, objects, verdicts)
    else await this.#import(text, verdicts)
    await this.#learnDates(fresh, startedMs)
  }

  async #post(text: string, objects: Stix[], verdicts: Verdict[]): Promise<void> {
    const { status, json } = await this.#ask(`${this.#path('collection')}objects/`, {
      method: 'POST',
      key: this.#keys.pro,
      headers: { 'Content-Type': TAXII },
      body: text,
    })
    expect(status).toBe(202)
    const said = (isRefused: boolean) =>
      objects
        .filter((_, at) => (verdicts[at] === 'refused') === isRefused)
        .map(({ id, version }) => ({ id, version: version ?? expect.any(String) }))
    expect({
      ...json,
      successes: json.successes ?? [],
      failures: json.failures ?? [],
    }).toMatchObject({
      status: 'complete',
      total_count: objects.length,
      success_count: said(false).length,
      successes: said(false),
      failure_count: said(true).length,
      failures: said(true),
      pending_count: 0,
    })
  }

  async #import(text: string, verdicts: Verdict[]): Promise<void> {
    const { json } = await this.#operate(
      `collections/${this.#shelf('collection').id}/import/`,
      text,
    )
    const count = (verdict: Verdict) => verdicts.filter((each) => each === verdict).length
    expect({ ...json, refused: json.refused.length }).toEqual({
      received: verdicts.length,
      added: count('added'),
      already_there: count('present'),
      refused: count('refused'),
    })
  }

  async #remove(id: string, filters: Texts): Promise<void> {
    const path = `${this.#path('collection')}objects/${id}/?${new URLSearchParams(filters)}`
    const { status } = await this.#ask(path, { method: 'DELETE', key: this.#keys.pro })
    expect(status).toBe(this.model.remove(id, filters) === 0 ? 404 : 200)
    await this.#learnDates([], 0)
  }

  async #makeView(): Promise<void> {
    if (this.shelves.view !== undefined) return
    const startedMs = Date.now()
    this.shelves.view = await this.#makeShelf({
      view: { of: this.#shelf('collection').id, ...VIEW },
    })
    await this.#learnViewDates(startedMs)
  }

  /** Everything stored so far becomes that much older; positions that clients hold do not. */
  async #letTimePass(): Promise<void> {
    const ids = Object.values(this.shelves).map(({ id }) => id)
    const database = env[this.#database]
    await database
      .prepare(
        `UPDATE list_entries SET date_added_ms = date_added_ms - ?1 WHERE collection_ref IN (
         SELECT ref FROM collections WHERE id IN (SELECT value FROM json_each(?2)))`,
      )
      .bind(TIME_PASSED_MS, JSON.stringify(ids))
      .run()
    await database
      .prepare(
        'UPDATE collections SET revision = revision + 1, retained_through_ms = retained_through_ms - ?1',
      )
      .bind(TIME_PASSED_MS)
      .run()
    forgetCollections(env.DB)
    for (const { dates } of this.model.versions) {
      dates.collection -= TIME_PASSED_MS
      if (dates.view !== undefined) dates.view -= TIME_PASSED_MS
    }
  }

  async #retire(): Promise<void> {
    const path = `collections/${this.#shelf('collection').id}/`
    await this.#operate(path, '{"retention_days":1}', 'PATCH')
    const { json } = await this.#operate('housekeeping/', '')
    expect(json.more_left).toBe(false)
    await this.#operate(path, '{"retention_days":null}', 'PATCH')
    this.model.retire(Date.now() - DAY_MS)
    await this.#learnDates([], 0)
  }

  /** What was there stands where it stood; what is new follows, in the order given, dated anew. */
  async #learnDates(fresh: Stix[], startedMs: number): Promise<void> {
    const dated = await this.#everything('collection')
    const kept = this.model.versions.length
    for (const [at, object] of fresh.entries()) {
      const collection = dated[kept + at]?.dateMs ?? Number.NaN
      expect(collection).toBeGreaterThan(this.model.highest.collection)
      expect(collection).toBeGreaterThan(startedMs - 2_000)
      this.model.highest.collection = collection
      this.model.versions.push({ ...object, dates: { collection } })
    }
    expect(dated).toEqual(this.model.versions.map((each) => recordOf(each, each.dates.collection)))
    if (this.shelves.view !== undefined) await this.#learnViewDates(startedMs)
  }

  async #learnViewDates(startedMs: number): Promise<void> {
    const dated = await this.#everything('view')
    const shown = this.model.versions.filter(isInView)
    for (const [at, each] of shown.entries()) {
      if (each.dates.view !== undefined) continue
      const view = dated[at]?.dateMs ?? Number.NaN
      expect(view).toBeGreaterThan(this.model.highest.view)
      expect(view).toBeGreaterThan(startedMs - 2_000)
      this.model.highest.view = view
      each.dates.view = view
    }
    expect(dated).toEqual(shown.map((each) => recordOf(each, each.dates.view ?? Number.NaN)))
  }

  async #everything(shelf: Shelf) {
    const { results } = await env[this.#database]
      .prepare(EVERYTHING)
      .bind(this.#shelf(shelf).id)
      .all<ReturnType<typeof recordOf>>()
    return results
  }

  async #makeShelf(properties: object): Promise<TestCollection> {
    count++
    const title = `Shelf ${count}`
    return (await this.#operate('collections/', JSON.stringify({ title, ...properties }))).json
  }

  async #operate(path: string, body: string, method = 'POST'): Promise<Answer> {
    const answer = await this.#ask(`/admin/${path}`, { method, key: env.ADMIN_TOKEN, body })
    if (answer.status >= 400) throw new Error(`${path}: ${answer.status} ${answer.text}`)
    return answer
  }

  #path(shelf: Shelf): string {
    return `${ROOT}/collections/${this.#shelf(shelf).id}/`
  }

  #shelf(shelf: Shelf): TestCollection {
    const found = this.shelves[shelf]
    if (found === undefined) throw new Error(`there is no ${shelf}`)
    return found
  }
}

const EVERYTHING = `
  SELECT o.stix_id AS id, o.spec_version AS specVersion, o.version, e.date_added_ms AS dateMs
  FROM collections c
  JOIN list_entries e ON e.collection_ref = c.ref AND e.list = '*'
  JOIN objects o ON o.ref = e.object_ref
  WHERE c.id = ?1
  ORDER BY e.date_added_ms`

function recordOf({ id, specVersion, version }: Stix, dateMs: number) {
  return { id, specVersion, version, dateMs }
}

/** Six digits, always. */
export function stampOf(micros: number): string {
  const ms = Math.floor(micros / 1000)
  return `${new Date(ms).toISOString().slice(0, -1)}${String(micros - ms * 1000).padStart(3, '0')}Z`
}

function isInView({ type, about }: Stix): boolean {
  const { types, subtypes } = VIEW
  return (
    [...types, ...subtypes].includes(type) || about.types.some((each) => subtypes.includes(each))
  )
}
