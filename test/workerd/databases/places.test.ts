// Where a collection is: found by asking everywhere, remembered, and looked for anew when it is not
// there any more. One database is asked no more than before there could be several.
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { COLLECTION_FACTS_MS_MAX, forgetCollections } from '../../../src/cache/collection-facts.ts'
import { sendObjects } from '../../support/endpoints.ts'
import { operate, ROOT } from '../../support/http.ts'
import { indicator, indicators } from '../../support/stix.ts'
import { WatchedDatabase } from '../../support/watched-database.ts'
import { createCollection, createWriter, importObjects } from '../../support/world.ts'
import { type Asker, askerIn } from '../laws/asker.ts'

let home: WatchedDatabase
let second: WatchedDatabase
let ask: Asker
let key: string

/** An isolate of its own, which knows nothing yet. */
beforeEach(async () => {
  vi.restoreAllMocks()
  home = new WatchedDatabase(env.DB)
  second = new WatchedDatabase(env.DB_2)
  ask = askerIn({ DB: home, DB_2: second })
  key = await createWriter()
})

/** The ordinary page: one range of one list. Before the look-back other lists are read as well. */
const RECENT = `added_after=${new Date(Date.now() - 3_600_000).toISOString()}`

const path = ({ id }: { id: string }, rest = 'objects/') => `${ROOT}/collections/${id}/${rest}`

/** The isolate remembers where collections are, and nothing else of them. */
function forgetFacts(): void {
  forgetCollections(home as unknown as D1Database)
  home.forget()
  second.forget()
}

const trips = () => [home.roundTrips, second.roundTrips]

async function drop({ id }: { id: string }): Promise<void> {
  await operate('DELETE', `/collections/${id}/?confirm=${id}`)
}

describe('with one database', () => {
  it('a page takes two round trips, and one while the facts are remembered', async () => {
    const one = askerIn({ DB: home, DB_2: undefined })
    const collection = await createCollection()
    await importObjects(collection, indicators(3))
    home.forget()
    const page = (rest = '') => one(path(collection, `objects/?${RECENT}${rest}`), { key })
    expect((await page()).json.objects).toHaveLength(3)
    expect(home.roundTrips).toBe(2)
    expect((await page('&limit=2')).json.more).toBe(true)
    expect(home.roundTrips).toBe(3)
  })

  it.each([
    ['the list of collections', 'collections/', 1],
    ['a collection that is not there', `collections/${crypto.randomUUID()}/`, 1],
    ['a status that is not there', `status/${crypto.randomUUID()}/`, 1],
  ])('%s takes one round trip', async (_, rest, expected) => {
    const one = askerIn({ DB: home, DB_2: undefined })
    await one(`${ROOT}/${rest}`, { key })
    expect(home.roundTrips).toBe(expected)
  })
})

describe('a collection that is known', () => {
  it('is looked for where it was found, under its id and under its alias', async () => {
    const collection = await createCollection({ database: 'DB_2' })
    for (const name of [collection.id, collection.alias]) {
      expect((await ask(path({ id: name }, ''), { key })).status).toBe(200)
      expect(trips()).toEqual([1, 1])
      forgetFacts()
      expect((await ask(path({ id: name }, ''), { key })).status).toBe(200)
      expect(trips()).toEqual([0, 1])
      forgetFacts()
    }
  })

  it('costs a page nothing in the other database', async () => {
    const collection = await createCollection({ database: 'DB_2' })
    await importObjects(collection, indicators(3))
    await ask(path(collection), { key })
    forgetFacts()
    const page = path(collection, `objects/?${RECENT}&limit=2`)
    expect((await ask(page, { key })).json.more).toBe(true)
    expect(trips()).toEqual([0, 2])
  })

  it('is found again after it was deleted and made anew elsewhere, with its id', async () => {
    const before = await createCollection({ database: 'DB_2' })
    const { id, alias } = before
    await importObjects(before, indicators(2))
    expect((await ask(path({ id: alias }), { key })).json.objects).toHaveLength(2)
    await drop(before)
    forgetFacts()
    expect((await ask(path(before), { key })).status).toBe(404)
    const after = await createCollection({ id, alias, database: 'DB' })
    const object = indicator()
    await importObjects(after, [object])
    for (const name of [id, alias]) {
      forgetFacts()
      expect((await ask(path({ id: name }), { key })).json.objects).toEqual([object])
    }
    expect(second.statements).toEqual([expect.stringMatching(/from "collections"/)])
  })

  it('is served no page of an earlier one with its id, however long that is kept', async () => {
    const before = await createCollection({ database: 'DB_2' })
    await importObjects(before, indicators(5))
    const gzip = { key, headers: { 'Accept-Encoding': 'gzip' } }
    const first = path(before, 'objects/?limit=2')
    expect((await ask(first, gzip)).json.more).toBe(true)
    await drop(before)
    const objects = indicators(3)
    await importObjects(await createCollection({ id: before.id, database: 'DB_2' }), objects)
    forgetFacts()
    expect((await ask(first, gzip)).json.objects).toEqual(objects.slice(0, 2))
  })

  it('gives its alias to another one in another database', async () => {
    const one = await createCollection({ database: 'DB_2', alias: 'wandering' })
    expect((await ask(path({ id: 'wandering' }, ''), { key })).json.id).toBe(one.id)
    await operate('PATCH', `/collections/${one.id}/`, { alias: 'settled' })
    const two = await createCollection({ database: 'DB', alias: 'wandering' })
    forgetFacts()
    expect((await ask(path({ id: 'wandering' }, ''), { key })).json.id).toBe(two.id)
    expect((await ask(path({ id: 'settled' }, ''), { key })).json.id).toBe(one.id)
  })
})

describe('a database out of reach', () => {
  beforeEach(() => {
    vi.spyOn(console, 'error').mockReturnValue()
  })

  it('fails what is in it, and nothing else', async () => {
    const near = await createCollection({ database: 'DB' })
    const far = await createCollection({ database: 'DB_2' })
    await importObjects(near, indicators(1))
    second.isDown = true
    expect((await ask(path(near), { key })).json.objects).toHaveLength(1)
    expect((await ask(path(far), { key })).status).toBe(503)
    second.isDown = false
    home.isDown = true
    const written = await ask(path(far), { key, ...sendObjects([indicator()]) })
    expect(written.status).toBe(202)
    expect((await ask(path(far), { key })).json.objects).toHaveLength(1)
    expect((await ask(`${ROOT}/status/${written.json.id}/`, { key })).json).toEqual(written.json)
  })

  it('may hold what nobody else has: no 404 without it, no list, not ready', async () => {
    second.isDown = true
    for (const rest of ['collections/', `collections/unknown/`, `status/${crypto.randomUUID()}/`]) {
      const answer = await ask(`${ROOT}/${rest}`, { key })
      expect([answer.status, answer.json.error.code]).toEqual([503, 'unavailable'])
    }
    expect((await ask('/health/ready')).status).toBe(503)
    second.isDown = false
    expect((await ask('/health/ready')).status).toBe(200)
  })
})

describe('the facts of a collection', () => {
  it('are used for a bounded time, wherever it is', async () => {
    const collection = await createCollection({ database: 'DB_2' })
    await ask(path(collection, ''), { key })
    await operate('PATCH', `/collections/${collection.id}/`, { title: 'Another' })
    const nowMs = Date.now()
    vi.spyOn(Date, 'now').mockReturnValue(nowMs + COLLECTION_FACTS_MS_MAX + 1)
    expect((await ask(path(collection, ''), { key })).json.title).toBe('Another')
  })
})
