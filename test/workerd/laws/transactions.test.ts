// What is left when a transaction fails half-way, and what is seen when writes and reads meet.
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { forgetCollections, readCollection } from '../../../src/cache/collection-facts.ts'
import { openReader } from '../../../src/store/database.ts'
import { databasesOf } from '../../../src/store/databases.ts'
import { sendObjects } from '../../support/endpoints.ts'
import { type Answer, ask, ROOT } from '../../support/http.ts'
import { expectRefusal } from '../../support/refusal.ts'
import { indicator } from '../../support/stix.ts'
import {
  createCollection,
  createWriter,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'
import { askerIn } from './asker.ts'
import { failingAt, interrupted } from './faulty-database.ts'

vi.setConfig({ testTimeout: 60_000 })

let collection: TestCollection
let key: string

beforeAll(async () => {
  // What the server notes of its failures is not what is looked at here.
  vi.spyOn(console, 'error').mockReturnValue()
  collection = await createCollection()
  await createCollection({ can_write: false, view: { of: collection.id, types: ['indicator'] } })
  key = await createWriter({ per_minute: 1_000_000, per_day: 1_000_000_000 })
})

const path = (rest = '') => `${ROOT}/collections/${collection.id}/objects/${rest}`

/** All that is stored of collections, objects and their places. */
async function stored(): Promise<unknown> {
  const tables = ['collections', 'objects', 'list_entries']
  const results = await env.DB.batch(
    tables.map((table) => env.DB.prepare(`SELECT * FROM ${table}`)),
  )
  return results.map(({ results: rows }) => rows)
}

const ADDING = [
  'INSERT INTO objects',
  'is_first',
  'SELECT ?1, l.value',
  'SELECT v.ref',
  'FROM (',
  'max(date_added_ms)',
  'SELECT id, batch',
  'SELECT r.key',
]
const DELETING = ['DELETE FROM objects', 'revision + 1', 'is_first', 'SET is_current']

function expectUnavailable(answer: Answer): void {
  expectRefusal(answer, { status: 503, code: 'unavailable' })
  expect(answer.headers.get('Retry-After')).toMatch(/^[1-9]\d*$/)
}

describe('a transaction that fails half-way', () => {
  it.each(ADDING)('leaves nothing of an addition, failing before %s', async (part) => {
    const known = indicator()
    await importObjects(collection, [known])
    const before = await stored()
    const faulty = askerIn({ DB: failingAt((sql) => sql.includes(part)) })
    const objects = [indicator(), { ...known, modified: '2024-06-01T10:00:00.000Z' }]
    const failed = await faulty(path(), { key, ...sendObjects(objects) })
    expectUnavailable(failed)
    expect(await stored()).toEqual(before)
    const again = await ask(path(), { key, ...sendObjects(objects) })
    expect(again.json).toMatchObject({ success_count: 2 })
    const { json } = await ask(path(`?match[id]=${objects.map(({ id }) => id).join(',')}`), { key })
    expect(json.objects).toEqual(objects)
  })

  it.each(DELETING)('leaves everything of a deletion, failing before %s', async (part) => {
    const object = indicator()
    await importObjects(collection, [object, { ...object, modified: '2024-06-01T10:00:00.000Z' }])
    const before = await stored()
    const faulty = askerIn({ DB: failingAt((sql) => sql.includes(part)) })
    const failed = await faulty(path(`${object.id}/?match[version]=last`), {
      key,
      method: 'DELETE',
    })
    expectUnavailable(failed)
    expect(await stored()).toEqual(before)
    expect((await ask(path(`${object.id}/`), { key, method: 'DELETE' })).status).toBe(200)
  })

  it('keeps what was stored before it, and the same request again completes the rest', async () => {
    // Too large to go with the others, it goes in a second transaction.
    const large = indicator({ description: 'x'.repeat(1_899_000) })
    const objects = [indicator(), indicator({ description: 'y'.repeat(1_000) }), large]
    const faulty = askerIn({ DB: failingAt((_, batch) => batch === 2) })
    const body = JSON.stringify({ objects })
    const importing = `/admin/collections/${collection.id}/import/`
    const failed = await faulty(importing, { method: 'POST', key: env.ADMIN_TOKEN, body })
    expect([failed.status, failed.json.error_code]).toEqual([503, 'unavailable'])
    const query = path(`?match[id]=${objects.map(({ id }) => id).join(',')}`)
    expect((await ask(query, { key })).json.objects).toEqual(objects.slice(0, 2))
    const again = await ask(importing, { method: 'POST', key: env.ADMIN_TOKEN, body })
    expect(again.json).toMatchObject({ added: 1, already_there: 2, refused: [] })
    for (const object of objects) {
      expect((await ask(path(`${object.id}/`), { key })).json.objects).toEqual([object])
    }
  })
})

describe('writes that meet', () => {
  it('never delete what was added meanwhile', async () => {
    const added: string[] = []
    for (let round = 0; round < 20; round++) {
      const doomed = indicator()
      await importObjects(collection, [doomed])
      const fresh = indicator()
      added.push(fresh.id)
      const deleted = await Promise.all([
        ask(path(`${doomed.id}/`), { key, method: 'DELETE' }),
        ask(path(`${doomed.id}/`), { key, method: 'DELETE' }),
        importObjects(collection, [fresh]),
      ])
      expect(
        deleted
          .slice(0, 2)
          .map(({ status }) => status)
          .sort(),
      ).toEqual([200, 404])
    }
    const { json } = await ask(path(`?match[id]=${added.join(',')}&limit=1000`), { key })
    expect(json.objects.map(({ id }: { id: string }) => id)).toEqual(added)
  })
})

describe('the facts of a collection, looked up while a write is under way', () => {
  it('are not remembered once the write is over', async () => {
    const { id } = await createCollection()
    const meanwhile = interrupted('statement', async () => {
      await importObjects({ ...collection, id }, [indicator()])
      forgetCollections(env.DB)
    })
    const reader = meanwhile.withSession('first-primary')
    const databases = databasesOf(env)
    const before = await readCollection(databases, id, () => reader)
    const after = await readCollection(databases, id, ({ d1 }) => openReader(d1))
    expect(before?.lastAddedMs).toBe(0)
    expect(after?.lastAddedMs).toBeGreaterThan(0)
  })
})

describe('a page that is read while objects go and come', () => {
  it('shows none of another collection in their place', async () => {
    const other = await createCollection()
    const kept = indicator()
    const gone = indicator()
    await importObjects(collection, [kept, gone])
    const query = path(`?match[id]=${kept.id},${gone.id}`)
    const meanwhile = interrupted('batch', async () => {
      expect((await ask(path(`${gone.id}/`), { key, method: 'DELETE' })).status).toBe(200)
      await importObjects(other, [indicator(), indicator()])
    })
    const { json } = await askerIn({ DB: meanwhile })(query, { key })
    expect(json).toMatchObject({ more: false, objects: [kept] })
  })

  it('announces no more when all that it found has gone', async () => {
    const objects = [indicator(), indicator(), indicator()]
    await importObjects(collection, objects)
    const query = path(`?match[id]=${objects.map(({ id }) => id).join(',')}&limit=2`)
    const meanwhile = interrupted('batch', async () => {
      for (const { id } of objects) await ask(path(`${id}/`), { key, method: 'DELETE' })
    })
    const { json } = await askerIn({ DB: meanwhile })(query, { key })
    expect(json).toMatchObject({ more: false, objects: [] })
  })

  it('goes on to what is left when only its own objects have gone', async () => {
    const objects = [indicator(), indicator(), indicator()]
    await importObjects(collection, objects)
    const query = path(`?match[id]=${objects.map(({ id }) => id).join(',')}&limit=2`)
    const meanwhile = interrupted('batch', async () => {
      for (const { id } of objects.slice(0, 2)) {
        await ask(path(`${id}/`), { key, method: 'DELETE' })
      }
    })
    const { json } = await askerIn({ DB: meanwhile })(query, { key })
    expect(json).toMatchObject({ more: false, objects: [objects[2]] })
  })
})
