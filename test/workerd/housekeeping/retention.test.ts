// Retention: what is older than its collection keeps goes, and nothing else; views, versions and
// kept pages follow. That it agrees with the plainest model, whatever else happens, is tried in
// laws/random-operations.test.ts.
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { forgetCollections } from '../../../src/cache/collection-facts.ts'
import { databasesOf } from '../../../src/store/databases.ts'
import { keepHouse } from '../../../src/store/housekeeping.ts'
import { VERSIONS_A_PORTION as PORTION } from '../../../src/store/retention.ts'
import { ask, operate, ROOT } from '../../support/http.ts'
import { identity, indicator, indicators } from '../../support/stix.ts'
import { WatchedDatabase } from '../../support/watched-database.ts'
import {
  createCollection,
  createReader,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'

const DAY_MS = 86_400_000
const MARKING = {
  type: 'marking-definition',
  spec_version: '2.1',
  id: 'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9',
  created: '2017-01-20T00:00:00.000Z',
  definition_type: 'tlp',
  name: 'TLP:WHITE',
  definition: { tlp: 'white' },
}

/** Each test counts what goes from its own collections. */
beforeEach(async () => {
  vi.spyOn(console, 'log').mockReturnValue()
  for (const database of [env.DB, env.DB_2]) {
    await database.prepare('UPDATE collections SET retention_days = NULL').run()
  }
})

/** Housekeeping as it will be in so many days. */
async function keepHouseIn(days: number) {
  const kept = await keepHouse(databasesOf(env), {
    nowMs: Date.now() + days * DAY_MS,
    cause: 'clock',
  })
  forgetCollections(env.DB)
  return {
    ...kept,
    retired: kept.run.databases.reduce((sum, each) => sum + each.retiredVersions, 0),
  }
}

/** What there is so far becomes that much older. */
async function age(database: D1Database, days: number): Promise<void> {
  await database.batch([
    database
      .prepare('UPDATE list_entries SET date_added_ms = date_added_ms - ?1')
      .bind(days * DAY_MS),
    database.prepare('UPDATE collections SET retained_through_ms = 0, revision = revision + 1'),
  ])
  forgetCollections(env.DB)
}

async function idsIn(collection: TestCollection, query = ''): Promise<string[]> {
  const key = await createReader()
  const path = `${ROOT}/collections/${collection.id}/objects/?limit=1000${query}`
  const { json } = await ask(path, { key })
  return json.objects.map(({ id }: { id: string }) => id)
}

const idsOf = (objects: { id: string }[]) => objects.map(({ id }) => id)

describe.each(['DB', 'DB_2'] as const)('a collection with retention, in %s', (name) => {
  const database = env[name]

  it('loses what is older, and keeps what is not', async () => {
    const collection = await createCollection({ database: name, retention_days: 30 })
    const [old, young] = [indicators(3), indicators(2)]
    await importObjects(collection, old)
    await age(database, 20)
    await importObjects(collection, young)
    expect((await keepHouseIn(9)).retired).toBe(0)
    expect(await idsIn(collection)).toEqual(idsOf([...old, ...young]))
    expect(await keepHouseIn(11)).toMatchObject({
      retired: 3,
      changedCollectionIds: [collection.id],
      run: { isMoreLeft: false },
    })
    expect(await idsIn(collection)).toEqual(idsOf(young))
    expect((await keepHouseIn(11)).retired).toBe(0)
    expect((await keepHouseIn(31)).retired).toBe(2)
    expect(await idsIn(collection)).toEqual([])
  })

  it('keeps identities and marking definitions, and so do its views', async () => {
    const collection = await createCollection({ database: name, retention_days: 1 })
    const view = await createCollection({
      view: { of: collection.id, types: ['identity', 'indicator'] },
    })
    const [who, what] = [identity(), indicator()]
    await importObjects(collection, [who, MARKING, what])
    expect(await idsIn(view)).toEqual(idsOf([who, what]))
    const { retired, changedCollectionIds } = await keepHouseIn(2)
    expect(retired).toBe(1)
    expect(new Set(changedCollectionIds)).toEqual(new Set([collection.id, view.id]))
    expect(await idsIn(collection)).toEqual(idsOf([who, MARKING]))
    expect(await idsIn(view)).toEqual([who.id])
    expect(await idsIn(collection, `&match[id]=${what.id}`)).toEqual([])
    const orphans = database.prepare(
      'SELECT count(*) AS n FROM list_entries WHERE object_ref NOT IN (SELECT ref FROM objects)',
    )
    expect(await orphans.first('n')).toBe(0)
  })

  it('lets the version that is left be the last, the first and the current one', async () => {
    const collection = await createCollection({ database: name, retention_days: 30 })
    const versions = [1, 2, 3].map((day) => `2024-06-0${day}T00:00:00.000Z`)
    const object = indicator()
    const version = (at: number) => ({ ...object, modified: versions[at] })
    await importObjects(collection, [version(2)])
    await age(database, 40)
    await importObjects(collection, [version(0), version(1)])
    const shown = async (which: string) => {
      const key = await createReader()
      const path = `${ROOT}/collections/${collection.id}/objects/?match[version]=${which}`
      const { json } = await ask(path, { key })
      return json.objects.map(({ modified }: { modified: string }) => modified)
    }
    expect(await shown('last')).toEqual([versions[2]])
    await keepHouseIn(0)
    expect(await shown('last')).toEqual([versions[1]])
    expect(await shown('first')).toEqual([versions[0]])
    expect(await shown('all')).toEqual([versions[0], versions[1]])
  })

  it('is served no page that was kept before', async () => {
    const collection = await createCollection({ database: name, retention_days: 1 })
    await importObjects(collection, indicators(5))
    const key = await createReader()
    const firstPage = () =>
      ask(`${ROOT}/collections/${collection.id}/objects/?limit=2`, {
        key,
        headers: { 'Accept-Encoding': 'gzip' },
      })
    expect((await firstPage()).json.objects).toHaveLength(2)
    await keepHouseIn(2)
    expect((await firstPage()).json).toMatchObject({ more: false, objects: [] })
  })

  it('gives positions that go on behind those it gave', async () => {
    const collection = await createCollection({ database: name, retention_days: 1 })
    await importObjects(collection, indicators(3))
    const key = await createReader()
    const objects = (query: string) =>
      ask(`${ROOT}/collections/${collection.id}/objects/?${query}`, { key })
    const last = (await objects('')).headers.get('X-TAXII-Date-Added-Last') ?? ''
    await keepHouseIn(2)
    const further = indicator()
    await importObjects(collection, [further])
    expect((await objects(`added_after=${last}`)).json.objects).toEqual([further])
  })
})

describe('the work of retention', () => {
  it('goes in portions that end, however much is exempt, and looks at nothing twice', async () => {
    const collection = await createCollection({ retention_days: 1 })
    const objects = Array.from({ length: 2 * PORTION + 300 }, (_, i) =>
      i % 3 === 0 ? identity() : indicator(),
    )
    await importObjects(collection, objects)
    const kept = objects.filter(({ type }) => type === 'identity')
    expect((await keepHouseIn(2)).retired).toBe(objects.length - kept.length)
    const watched = new WatchedDatabase(env.DB)
    const databases = databasesOf({ DB: watched as unknown as D1Database })
    await keepHouse(databases, { nowMs: Date.now() + 2 * DAY_MS, cause: 'clock' })
    expect(watched.statements.filter((sql) => sql.includes('FROM objects'))).toEqual([])
    expect(await idsIn(collection)).toHaveLength(kept.length)
  })

  it('takes turns, stops when its time is over, and says that more is left', async () => {
    const [one, two] = [
      await createCollection({ retention_days: 1 }),
      await createCollection({ retention_days: 1 }),
    ]
    await importObjects(one, indicators(2 * PORTION + 200))
    await importObjects(two, indicators(PORTION + 100))
    let portions = 0
    const watched = new WatchedDatabase(env.DB)
    const startMs = Date.now()
    vi.spyOn(Date, 'now').mockImplementation(() => startMs + (portions < 2 ? 0 : 60_000))
    watched.before = async (statements) => {
      if (statements.some((sql) => sql.includes('DELETE FROM objects'))) portions++
    }
    const databases = databasesOf({ DB: watched as unknown as D1Database })
    const { run } = await keepHouse(databases, { nowMs: startMs + 2 * DAY_MS, cause: 'clock' })
    vi.mocked(Date.now).mockRestore()
    expect(run).toMatchObject({ isMoreLeft: true, databases: [{ retiredVersions: 2 * PORTION }] })
    const left = async ({ id }: TestCollection) =>
      await env.DB.prepare(
        'SELECT count(*) AS n FROM objects WHERE collection_ref = (SELECT ref FROM collections WHERE id = ?1)',
      )
        .bind(id)
        .first<number>('n')
    expect([await left(one), await left(two)]).toEqual([PORTION + 200, 100])
    expect((await keepHouseIn(2)).retired).toBe(PORTION + 300)
  })

  it('is none where retention was taken back', async () => {
    const collection = await createCollection({ retention_days: 1 })
    const objects = indicators(2)
    await importObjects(collection, objects)
    const { json } = await operate('PATCH', `/collections/${collection.id}/`, {
      retention_days: null,
    })
    expect(json.retention_days).toBe(null)
    expect((await keepHouseIn(400)).retired).toBe(0)
    expect(await idsIn(collection)).toEqual(idsOf(objects))
  })
})

describe('retention of a collection', () => {
  const attempt = async (method: string, path: string, body: object) =>
    await ask(`/admin/collections/${path}`, {
      method,
      key: env.ADMIN_TOKEN,
      body: JSON.stringify(body),
    })

  it('is for ever unless it is said', async () => {
    const { id } = await createCollection()
    expect((await operate('GET', `/collections/${id}/`)).json.retention_days).toBe(null)
    const { json } = await operate('PATCH', `/collections/${id}/`, { retention_days: 7 })
    expect(json.retention_days).toBe(7)
  })

  it.each([0, -1, 1.5, 36_501, '7'])('cannot be %j', async (retention_days) => {
    const created = await attempt('POST', '', { title: 'Any', retention_days })
    expect([created.status, created.json.details.problems[0].path]).toEqual([400, 'retention_days'])
  })

  it('is no matter of a view', async () => {
    const parent = await createCollection()
    const view = { of: parent.id, types: ['identity'] }
    const created = await attempt('POST', '', { title: 'A view', view, retention_days: 7 })
    expect(created.status).toBe(400)
    const made = await createCollection({ view })
    const changed = await attempt('PATCH', `${made.id}/`, { retention_days: 7 })
    expect([changed.status, changed.json.details.property]).toEqual([409, 'retention_days'])
    expect((await attempt('PATCH', `${made.id}/`, { retention_days: null })).status).toBe(200)
  })
})
