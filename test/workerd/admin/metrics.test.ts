// Metrics: readable by a strict reader, true to what happened, whole when a database is not, and no
// dearer for more objects.
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { readExposition } from '../../support/exposition.ts'
import { ask, operate, ROOT } from '../../support/http.ts'
import { indicator, indicators } from '../../support/stix.ts'
import { type Bindings, workerUnder } from '../../support/watched.ts'
import { createCollection, createKey, createWriter, importObjects } from '../../support/world.ts'

type Labels = Record<string, string>

async function scrape(bindings: Bindings = {}) {
  const { answer, lines } = await workerUnder({ REQUEST_LOG: 'all', ...bindings }).watch(
    '/admin/metrics',
    { key: env.ADMIN_TOKEN },
  )
  expect(answer.status, answer.text).toBe(200)
  const families = readExposition(answer.text)
  const samplesOf = (name: string, labels: Labels = {}) =>
    (
      families.get(name.replace(/_(?:bucket|sum|count)$/, '')) ?? families.get(name)
    )?.samples.filter(
      (sample) =>
        sample.name === name &&
        Object.entries(labels).every(([label, text]) => sample.labels[label] === text),
    ) ?? []
  return {
    answer,
    families,
    line: JSON.parse(lines.at(-1) ?? ''),
    samplesOf,
    /** The value of the only series with these labels; undefined when there is none. */
    value(name: string, labels: Labels = {}): number | undefined {
      const samples = samplesOf(name, labels)
      expect(samples.length, name).toBeLessThanOrEqual(1)
      return samples[0]?.value
    },
  }
}

const broken = {
  withSession() {
    throw new Error('D1_ERROR: gone')
  },
}

describe('metrics', () => {
  it('are text of version 0.0.4, whatever is accepted', async () => {
    const { answer, families } = await scrape()
    expect(answer.headers.get('Content-Type')).toBe('text/plain; version=0.0.4')
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    for (const [name, { type, help }] of families) {
      expect(name).toMatch(/^taxii_/)
      expect(name.endsWith('_total')).toBe(type === 'counter')
      expect(help).toMatch(/\.$/)
    }
  })

  it('tell of every collection where it is, and when something was added last', async () => {
    const collection = await createCollection()
    const empty = await scrape()
    const labels = { collection: collection.id }
    const lastAdded = 'taxii_collection_last_added_timestamp_seconds'
    expect(empty.samplesOf('taxii_collection_info', labels)[0]?.labels).toEqual({
      collection: collection.id,
      alias: collection.alias,
      view: 'false',
      database: expect.stringMatching(/^DB/),
    })
    expect(empty.value(lastAdded, labels)).toBeUndefined()
    const object = indicator()
    await importObjects(collection, [object])
    const filled = await scrape()
    expect(filled.value(lastAdded, labels)).toBeCloseTo(Date.now() / 1000, -2)
    const revision = filled.value('taxii_collection_revision', labels) ?? Number.NaN
    const key = await createWriter()
    const path = `${ROOT}/collections/${collection.id}/objects/${object.id}/`
    expect((await ask(path, { method: 'DELETE', key })).status).toBe(200)
    const deleted = await scrape()
    expect(deleted.value('taxii_collection_revision', labels)).toBeGreaterThan(revision)
  })

  it('tell how many keys there are, by tier and state', async () => {
    const count = async () => {
      const { value } = await scrape()
      const state = (name: string) => value('taxii_keys', { tier: 'free', state: name }) ?? 0
      return [state('active'), state('expired'), state('revoked')]
    }
    const [active = 0, expired = 0, revoked = 0] = await count()
    await createKey({ tier: 'free' })
    const ending = await createKey({ tier: 'free' })
    const { id } = await createKey({ tier: 'free' })
    await operate('POST', `/keys/${id}/revoke/`)
    await operate('POST', `/keys/${ending.id}/rotate/`, { overlap_seconds: 0 })
    // The rotated key has ended, and another one took its place.
    expect(await count()).toEqual([active + 2, expired + 1, revoked + 1])
    expect((await scrape()).value('taxii_keys_counted_all')).toBe(1)
  })

  it('tell of every database', async () => {
    const { value } = await scrape()
    for (const database of ['DB', 'DB_2']) {
      expect(value('taxii_database_up', { database })).toBe(1)
      expect(value('taxii_database_size_bytes', { database })).toBeGreaterThan(1_000)
    }
  })

  it('tell of what still has to be removed', async () => {
    await env.DB_2.exec(
      'INSERT INTO removals (collection_ref, requested_at_ms) VALUES (9001, 1700000000500)',
    )
    const { value } = await scrape()
    expect(value('taxii_removals_pending', { database: 'DB_2' })).toBe(1)
    expect(value('taxii_removals_pending', { database: 'DB' })).toBe(0)
    const oldest = 'taxii_removals_oldest_timestamp_seconds'
    expect(value(oldest, { database: 'DB_2' })).toBe(1_700_000_000.5)
    expect(value(oldest, { database: 'DB' })).toBeUndefined()
  })

  it('tell of the last run of housekeeping', async () => {
    expect((await scrape()).value('taxii_housekeeping_last_run_seconds')).toBeUndefined()
    const { json } = await operate('POST', '/housekeeping/')
    const { value } = await scrape()
    expect(value('taxii_housekeeping_last_run_timestamp_seconds')).toBe(Date.parse(json.at) / 1000)
    for (const database of ['DB', 'DB_2']) {
      expect(value('taxii_housekeeping_failed', { database })).toBe(0)
      expect(value('taxii_housekeeping_more_left', { database })).toBe(0)
    }
  })

  it('say which database is out of reach, and give the rest', async () => {
    const second = await scrape({ DB_2: broken })
    expect(second.value('taxii_database_up', { database: 'DB' })).toBe(1)
    expect(second.value('taxii_database_up', { database: 'DB_2' })).toBe(0)
    expect(second.value('taxii_database_size_bytes', { database: 'DB_2' })).toBeUndefined()
    const home = await scrape({ DB: broken })
    expect(home.value('taxii_database_up', { database: 'DB' })).toBe(0)
    expect(home.samplesOf('taxii_keys')).toEqual([])
    expect(home.value('taxii_isolate_start_time_seconds')).toBeGreaterThan(0)
  })

  it('cost the same however many objects there are', async () => {
    const collection = await createCollection()
    const before = (await scrape()).line
    await importObjects(collection, indicators(300))
    const after = (await scrape()).line
    expect(after.d1RowsRead).toBeGreaterThan(0)
    expect(after.d1RowsRead - before.d1RowsRead).toBeLessThan(20)
    expect(after.d1Queries).toBe(before.d1Queries)
  })
})

describe('metrics of the isolate', () => {
  it('name it, and when it began', async () => {
    const { families, value } = await scrape()
    const own = [...families].filter(([name]) => name.startsWith('taxii_isolate_'))
    const ids = own.flatMap(([, { samples }]) => samples.map(({ labels }) => labels.isolate))
    expect(new Set(ids).size).toBe(1)
    expect(ids[0]).toMatch(/^[0-9a-f]{8}$/)
    expect(value('taxii_isolate_start_time_seconds')).toBeLessThanOrEqual(Date.now() / 1000)
  })

  it('count requests by operation and status, refusals by code, pages by source', async () => {
    const collection = await createCollection()
    await importObjects(collection, indicators(3))
    const { key } = await createKey()
    const worker = workerUnder({ REQUEST_LOG: 'off' })
    const objects = `${ROOT}/collections/${collection.id}/objects/`
    const before = await scrape()
    const headers = { 'Accept-Encoding': 'gzip' }
    await worker.ask(objects, { key, headers })
    await worker.ask(objects, { key, headers })
    await worker.ask(`${objects}?limit=0`, { key })
    await worker.ask('/nothing')
    const after = await scrape()
    const risen = (name: string, labels: Labels) =>
      (after.value(name, labels) ?? 0) - (before.value(name, labels) ?? 0)
    const operation = 'getTAXIIObjects'
    expect(risen('taxii_isolate_requests_total', { operation, status: '2xx' })).toBe(2)
    expect(risen('taxii_isolate_requests_total', { operation, status: '4xx' })).toBe(1)
    expect(risen('taxii_isolate_requests_total', { operation: '', status: '4xx' })).toBe(1)
    expect(risen('taxii_isolate_request_duration_seconds_count', { operation })).toBe(3)
    expect(risen('taxii_isolate_refusals_total', { code: 'invalid_parameter' })).toBe(1)
    expect(risen('taxii_isolate_refusals_total', { code: 'not_found' })).toBe(1)
    expect(risen('taxii_isolate_pages_total', { source: 'built' })).toBe(1)
    expect(risen('taxii_isolate_pages_total', { source: 'memory' })).toBe(1)
    expect(risen('taxii_isolate_d1_queries_total', {})).toBeGreaterThan(1)
  })

  it('tell what the memory for pages holds, and what had to make room', async () => {
    const collection = await createCollection()
    await importObjects(collection, indicators(200))
    const { key } = await createKey()
    const bindings = { PAGE_CACHE_BYTES: '4000', REQUEST_LOG: 'off' }
    const worker = workerUnder(bindings)
    const ask = async (limit: number) => {
      const path = `${ROOT}/collections/${collection.id}/objects/?limit=${limit}`
      await worker.ask(path, { key, headers: { 'Accept-Encoding': 'gzip' } })
    }
    const memory = async () => {
      const { text } = await worker.ask('/admin/metrics', { key: env.ADMIN_TOKEN })
      const families = readExposition(text)
      return ['bytes', 'entries', 'evictions_total'].map(
        (name) => families.get(`taxii_isolate_page_cache_${name}`)?.samples[0]?.value ?? Number.NaN,
      )
    }
    expect(await memory()).toEqual([0, 0, 0])
    await ask(1)
    const [bytes, entries, evictions] = await memory()
    expect(bytes).toBeGreaterThan(300)
    expect([entries, evictions]).toEqual([1, 0])
    for (const limit of [2, 3, 4, 5, 6, 7, 8, 9]) await ask(limit)
    const [fullBytes, , fullEvictions] = await memory()
    expect(fullBytes).toBeLessThanOrEqual(4000)
    expect(fullEvictions).toBeGreaterThan(0)
  })
})
