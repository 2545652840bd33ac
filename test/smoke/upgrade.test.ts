// Upgrade and roll-back: what each release left behind, under the present code; and the last
// release's Worker again on the folder that the present code has migrated and written to.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ADMIN_TOKEN, KEY_SECRET, tokenOf } from './releases/derived-secrets.ts'
import {
  call,
  expectCollections,
  expectDates,
  expectKeys,
  expectOperatorsSide,
  expectStatuses,
  expectWalks,
} from './releases/expectations.ts'
import { keptReleases, restoreData, restoreWorker, TIERS } from './releases/kept-release.ts'
import { API_ROOT, type RecordedWalk, type Recording, walk } from './releases/recording.ts'
import { type ServedWorker, serveWorker } from './support/built-worker.ts'
import { makeDataFolder, PROJECT_ROOT, type RunningServer, startServer } from './support/server.ts'

const OBJECTS = `${API_ROOT}/collections/partner/objects/`
const MAIN_OBJECTS = `${API_ROOT}/collections/soc-defenders-all/objects/`
const releases = keptReleases()

type Page = { objects: { id: string }[] }

/** Adds one object as the recorded writer, and gives its id. */
async function write(url: string, path: string, name: string): Promise<string> {
  const id = `identity--${crypto.randomUUID()}`
  const now = new Date().toISOString()
  const times = { created: now, modified: now }
  const object = { type: 'identity', spec_version: '2.1', id, ...times, name }
  const { status, json } = await call(url, tokenOf('writer'), path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/taxii+json;version=2.1' },
    body: JSON.stringify({ objects: [object] }),
  })
  expect([status, json.success_count]).toEqual([202, 1])
  const shown = await call(url, tokenOf('writer'), `${API_ROOT}/status/${json.id}/`)
  expect(shown.json).toEqual(json)
  return id
}

async function idsIn(url: string, path: string, query = ''): Promise<string[]> {
  const { json } = await call<Page>(url, tokenOf('writer'), `${path}?limit=1000${query}`)
  return json.objects.map(({ id }) => id)
}

async function walkAgain(url: string, recording: Recording): Promise<RecordedWalk[]> {
  const walks: RecordedWalk[] = []
  for (const { key, path, query } of recording.walks) {
    walks.push({ key, path, query, pages: await walk(url, tokenOf(key), { path, query }) })
  }
  return walks
}

describe.each(releases)('the data folder of release %s', (release) => {
  const data = makeDataFolder()
  let recording: Recording
  let server: RunningServer

  beforeAll(async () => {
    recording = restoreData(release, data.path)
    server = await startServer(data.path, { env: { TIERS } })
  })

  afterAll(async () => {
    await server.end('SIGTERM')
    data.remove()
  })

  test('has its collections, with their names and permissions', async () => {
    await expectCollections(server.ready.url, recording)
  })

  test('has every object and every date_added, from any position that was given out', async () => {
    expect(recording.walks.length).toBeGreaterThan(0)
    await expectDates(server.ready.url, recording)
    await expectWalks(server.ready.url, recording)
  })

  test('has every key, with its grants, limits and state', async () => {
    await expectKeys(server.ready.url, recording)
  })

  test('has every status, for its owner only', async () => {
    await expectStatuses(server.ready.url, recording)
  })

  test('has its operators, their log, and where readers stand', async () => {
    await expectOperatorsSide(server.ready.url, recording)
  })

  test('takes further objects, behind all that is there', async () => {
    const { url } = server.ready
    const before = await idsIn(url, MAIN_OBJECTS)
    const id = await write(url, MAIN_OBJECTS, 'after the upgrade')
    expect(await idsIn(url, MAIN_OBJECTS)).toEqual([...before, id])
  })
})

describe(`a roll-back to release ${releases.at(-1)}`, () => {
  const release = releases.at(-1) ?? ''
  const data = makeDataFolder()
  const env = { TIERS }
  const written: string[] = []
  let recording: Recording
  /** As the present Worker answered, with the cursors that it gave out. */
  let walks: RecordedWalk[]
  let old: ServedWorker

  const rollBack = () =>
    serveWorker({
      folder: join(data.path, 'released-worker'),
      configPath: join(PROJECT_ROOT, 'wrangler.toml'),
      stateFolder: join(data.path, 'state'),
      bindings: { KEY_SECRET, ADMIN_TOKEN, TIERS },
    })

  beforeAll(async () => {
    recording = restoreData(release, data.path)
    restoreWorker(release, join(data.path, 'released-worker'))
    const upgraded = await startServer(data.path, { env })
    walks = await walkAgain(upgraded.ready.url, recording)
    written.push(await write(upgraded.ready.url, MAIN_OBJECTS, 'by the present Worker'))
    await call(upgraded.ready.url, ADMIN_TOKEN, '/admin/collections/', post({ title: 'New' }))
    await upgraded.end('SIGTERM')
    old = await rollBack()
  })

  afterAll(async () => {
    await old.stop()
    data.remove()
  })

  function post(body: object): RequestInit {
    const headers = { 'Content-Type': 'application/json' }
    return { method: 'POST', headers, body: JSON.stringify(body) }
  }

  test('finds the schema migrated, and answers as before', async () => {
    const database = await old.runtime.getD1Database('DB')
    const { results } = await database.prepare('SELECT name FROM d1_migrations').all()
    const files = readdirSync(join(PROJECT_ROOT, 'migrations')).filter((name) =>
      name.endsWith('.sql'),
    )
    expect(results.map(({ name }) => name)).toEqual(files.sort())
    await expectWalks(old.url, recording, { isGrown: true })
    await expectKeys(old.url, recording)
    await expectStatuses(old.url, recording)
    await expectOperatorsSide(old.url, recording)
    await expectCollections(old.url, recording)
  })

  test('goes on from the cursors that the newer Worker gave out', async () => {
    await expectWalks(old.url, { walks }, { isGrown: true })
  })

  test('has what the newer Worker wrote, and writes on', async () => {
    expect(await idsIn(old.url, MAIN_OBJECTS)).toEqual(expect.arrayContaining(written))
    written.push(await write(old.url, MAIN_OBJECTS, 'after the roll-back'))
    expect((await idsIn(old.url, MAIN_OBJECTS)).slice(-2)).toEqual(written)
  })

  test('makes, changes and deletes whatever operators do', async () => {
    const made = await call<{ id: string }>(
      old.url,
      ADMIN_TOKEN,
      '/admin/collections/',
      post({ title: 'By the old Worker', alias: 'by-the-old', can_write: true }),
    )
    expect(made.status).toBe(201)
    const selection = { of: 'soc-defenders-all', types: ['identity'] }
    const view = { title: 'A view by the old Worker', alias: 'old-view', view: selection }
    expect((await call(old.url, ADMIN_TOKEN, '/admin/collections/', post(view))).status).toBe(201)
    expect(await idsIn(old.url, `${API_ROOT}/collections/old-view/objects/`)).toEqual(
      expect.arrayContaining(written),
    )
    const key = await call<{ key: string; id: string }>(
      old.url,
      ADMIN_TOKEN,
      '/admin/keys/',
      post({ tier: 'pro', scopes: ['read:stix'] }),
    )
    expect((await call(old.url, key.json.key, OBJECTS)).status).toBe(200)
    await call(old.url, ADMIN_TOKEN, `/admin/keys/${key.json.id}/revoke/`, post({}))
    expect((await call(old.url, key.json.key, OBJECTS)).status).toBe(401)
    const path = `/admin/collections/${made.json.id}/?confirm=by-the-old`
    expect((await call(old.url, ADMIN_TOKEN, path, { method: 'DELETE' })).status).toBe(200)
  })

  test('and forward again: nothing of either is lost', async () => {
    await old.stop()
    const again = await startServer(data.path, { env })
    const { url } = again.ready
    expect((await idsIn(url, MAIN_OBJECTS)).slice(-2)).toEqual(written)
    await expectWalks(url, recording, { isGrown: true })
    await expectKeys(url, recording)
    await expectStatuses(url, recording)
    await expectOperatorsSide(url, recording)
    written.push(await write(url, MAIN_OBJECTS, 'upgraded again'))
    expect((await idsIn(url, `${API_ROOT}/collections/old-view/objects/`)).slice(-3)).toEqual(
      written,
    )
    await again.end('SIGTERM')
    old = await rollBack()
  })
})
