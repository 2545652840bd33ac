// What D1 bills for each kind of request. docs/scale.md reckons with these figures: whoever changes
// one here changes it there.
import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { app } from '../../../src/app.ts'
import { type Collection, findCollection } from '../../../src/store/collections.ts'
import { openReader, openWriter } from '../../../src/store/database.ts'
import { keepHouse } from '../../../src/store/housekeeping.ts'
import { retirePortion } from '../../../src/store/retention.ts'
import { type Asked, answerOf, ask, operate, ROOT, requestOf, TAXII } from '../../support/http.ts'
import { MeteredDatabase, type Work } from '../../support/metered-database.ts'
import { indicator, indicators } from '../../support/stix.ts'
import {
  createCollection,
  createWriter,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'

/** Of each indicator here: the whole, its id, its type, what it is about, its value. */
const LISTS = 5

/** A Worker with one database, whose work is metered, and with memories of its own. */
let worker: Env
let metered: MeteredDatabase
let key: string

beforeAll(async () => {
  key = await createWriter({ per_minute: 1_000_000 })
})

beforeEach(() => {
  metered = new MeteredDatabase(env.DB)
  worker = { ...env, DB: metered, DB_2: undefined } as unknown as Env
})

async function send(path: string, asked: Asked = {}) {
  const request = requestOf(path, { key, ...asked })
  return await answerOf(await app.fetch(request, worker, createExecutionContext()))
}

/** What a request to a collection made D1 do. Looking the collection up is one of the calls. */
async function workOf({ id }: TestCollection, path: string, asked: Asked = {}): Promise<Work> {
  metered.take()
  const { status } = await send(`${ROOT}/collections/${id}/${path}`, asked)
  const work = metered.take()
  expect(status).toBeLessThan(300)
  return work
}

function post(objects: object[]): Asked {
  const headers = { 'Content-Type': TAXII }
  return { method: 'POST', headers, body: JSON.stringify({ objects }) }
}

async function stored({ id }: TestCollection): Promise<Collection> {
  const found = await findCollection(openReader(env.DB), id)
  if (found === undefined) throw new Error(`no collection ${id}`)
  return found
}

function later(objects: ReturnType<typeof indicator>[], day: number) {
  return objects.map((each) => ({ ...each, modified: `2025-01-0${day}T00:00:00.000Z` }))
}

/** The collection's row before and after a transaction, and the status with its two indexes. */
const A_WRITE = 5

describe('rows written', () => {
  it.each([1, 10, 100])('%i new objects: 2 and one a list, and 16 are read', async (many) => {
    const collection = await createCollection()
    const work = await workOf(collection, 'objects/', post(indicators(many)))
    expect(work.rowsWritten).toBe(many * (2 + LISTS) + A_WRITE)
    expect(work.rowsRead).toBeLessThanOrEqual(many * 16 + 40)
  })

  it('a view adds its lists, and its own row before and after', async () => {
    const collection = await createCollection()
    await createCollection({ view: { of: collection.id, types: ['indicator'] } })
    const { rowsWritten } = await workOf(collection, 'objects/', post(indicators(10)))
    expect(rowsWritten).toBe(10 * (2 + 2 * LISTS) + A_WRITE + 2)
  })

  it('a further version moves the lists of the one before, and settles every version', async () => {
    const collection = await createCollection()
    const objects = indicators(10)
    await importObjects(collection, objects)
    const second = await workOf(collection, 'objects/', post(later(objects, 1)))
    expect(second.rowsWritten).toBe(10 * (2 + LISTS + LISTS + 2) + A_WRITE)
    expect(second.rowsRead).toBeLessThanOrEqual(10 * 60 + 40)
    const third = await workOf(collection, 'objects/', post(later(objects, 2)))
    expect(third.rowsWritten).toBe(10 * (2 + LISTS + LISTS + 3) + A_WRITE)
  })

  it('what is there already costs nothing but its status', async () => {
    const collection = await createCollection()
    const objects = indicators(10)
    await importObjects(collection, objects)
    const { rowsWritten } = await workOf(collection, 'objects/', post(objects))
    expect(rowsWritten).toBe(A_WRITE)
  })

  it('a deleted version: 1 and one a list', async () => {
    const collection = await createCollection()
    const object = indicator()
    await importObjects(collection, [object])
    const { rowsWritten } = await workOf(collection, `objects/${object.id}/`, { method: 'DELETE' })
    expect(rowsWritten).toBe(1 + LISTS + 1)
  })

  it('a version past its retention: the same', async () => {
    const collection = await createCollection({ retention_days: 1 })
    await importObjects(collection, indicators(100))
    const { ref } = await stored(collection)
    metered.take()
    const session = openWriter(metered as unknown as D1Database)
    const { versions } = await retirePortion(session, ref, Date.now() + 2 * 86_400_000)
    expect(versions).toBe(100)
    expect(metered.take().rowsWritten).toBe(100 * (1 + LISTS) + 2)
  })
})

describe('rows read', () => {
  const OBJECTS = 1_200
  /** A position inside the look-back, so that a page is one range; others begin elsewhere. */
  let collection: TestCollection
  let ids: string[]
  let dates: string[]

  beforeAll(async () => {
    collection = await createCollection()
    const objects = indicators(OBJECTS)
    await importObjects(collection, objects)
    ids = objects.map(({ id }) => id)
    const { json } = await ask(`${ROOT}/collections/${collection.id}/manifest/?limit=1000`, { key })
    dates = json.objects.map((each: { date_added: string }) => each.date_added)
  })

  const from = (place: number) => `added_after=${dates[place]}`

  /** In each: one row for the collection, looked up in a new isolate. */
  it.each([10, 100, 1_000])('a page of %i from a position: 3 an object', async (limit) => {
    const work = await workOf(collection, `objects/?limit=${limit}&${from(limit / 10)}`)
    expect(work.calls).toBe(2)
    expect(work.rowsRead).toBeGreaterThan(2 * limit)
    expect(work.rowsRead).toBeLessThanOrEqual(3 * limit + 4)
  })

  it.each([10, 100, 1_000])(
    'the first page of %i behind a look-back: 4 an object',
    async (limit) => {
      const work = await workOf(collection, `objects/?limit=${limit}`)
      expect(work.calls).toBe(3)
      expect(work.rowsRead).toBeLessThanOrEqual(4 * limit + 10)
    },
  )

  it.each(['match[type]=indicator', 'match[type]=ipv4-addr'])(
    '%s has a list, and costs what an unfiltered page costs',
    async (filter) => {
      const work = await workOf(collection, `objects/?limit=100&${from(5)}&${filter}`)
      expect(work.rowsRead).toBeLessThanOrEqual(3 * 100 + 4)
    },
  )

  it('match[value] costs a row more, which tells that nothing else has the value', async () => {
    const filter = 'match[value]=198.51.100.7'
    const work = await workOf(collection, `objects/?limit=100&${from(5)}&${filter}`)
    expect(work.calls).toBe(2)
    expect(work.rowsRead).toBeLessThanOrEqual(3 * 100 + 5)
  })

  it('match[value] where there are such objects: 4 an object of the page, 5 for each of them', async () => {
    const other = await createCollection()
    const values = Array.from({ length: 220 }, (_, i) => `'192.0.2.${i}'`)
    const pattern = `[ipv4-addr:value IN (${values.join(', ')})]`
    await importObjects(other, [
      ...indicators(50),
      ...indicators(10).map((each) => ({ ...each, pattern })),
    ])
    const work = await workOf(other, 'objects/?match[value]=198.51.100.7&limit=100')
    expect(work.rowsRead).toBeLessThanOrEqual(4 * 50 + 5 * 10 + 14)
  })

  it.each([10, 1_000])('a manifest of %i: 4 an object', async (limit) => {
    const work = await workOf(collection, `manifest/?limit=${limit}&${from(limit / 10)}`)
    expect(work.rowsRead).toBeLessThanOrEqual(4 * limit + 8)
  })

  it('a manifest by value: the same, in two calls', async () => {
    const work = await workOf(
      collection,
      `manifest/?limit=100&${from(5)}&match[value]=198.51.100.7`,
    )
    expect(work.calls).toBe(3)
    expect(work.rowsRead).toBeLessThanOrEqual(4 * 100 + 14)
  })

  it('a filter without a list: 3 for each entry it looks at, matching or not', async () => {
    const { rowsRead } = await workOf(collection, 'objects/?match[confidence-gte]=5')
    expect(rowsRead).toBeGreaterThan(2 * OBJECTS)
    expect(rowsRead).toBeLessThanOrEqual(3 * OBJECTS + 20)
  })

  it('one object or its versions: some, however large the collection is', async () => {
    expect((await workOf(collection, `objects/${ids[7]}/`)).rowsRead).toBeLessThanOrEqual(20)
    expect((await workOf(collection, `objects/${ids[8]}/versions/`)).rowsRead).toBeLessThanOrEqual(
      40,
    )
  })

  it('a poll at the head: the collection, and not even that within two seconds', async () => {
    const poll = 'objects/?added_after=2100-01-01T00:00:00Z'
    expect(await workOf(collection, poll)).toEqual({ rowsRead: 1, rowsWritten: 0, calls: 1 })
    expect(await workOf(collection, poll)).toEqual({ rowsRead: 0, rowsWritten: 0, calls: 0 })
  })

  it('a page that is kept: none', async () => {
    const page = `objects/?limit=100&${from(20)}`
    const gzip = { headers: { 'Accept-Encoding': 'gzip' } }
    await workOf(collection, page, gzip)
    expect(await workOf(collection, page, gzip)).toEqual({ rowsRead: 0, rowsWritten: 0, calls: 0 })
  })

  it('housekeeping with nothing to do: some for the database, one for each collection', async () => {
    const { json } = await operate('GET', '/collections/')
    const database = { name: 'DB', d1: metered as unknown as D1Database }
    metered.take()
    const bounds = { nowMs: Date.now(), cause: 'test' }
    await keepHouse({ home: database, all: [database] }, bounds)
    const { rowsRead, rowsWritten } = metered.take()
    expect(rowsRead).toBeLessThanOrEqual(10 + 4 * json.collections.length)
    expect(rowsWritten).toBe(0)
  })
})
