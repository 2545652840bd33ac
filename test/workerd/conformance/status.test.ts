// TAXII 2.1 §4.3 Get Status.
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { sendObjects } from '../../support/endpoints.ts'
import { ask, operate, ROOT } from '../../support/http.ts'
import { expectRefusal } from '../../support/refusal.ts'
import { indicator, observable } from '../../support/stix.ts'
import {
  createCollection,
  createKey,
  createReader,
  createWriter,
  type TestCollection,
} from '../../support/world.ts'

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

let collection: TestCollection
let writer: string

beforeAll(async () => {
  collection = await createCollection()
  writer = await createWriter()
})

const post = (objects: object[], key = writer) =>
  ask(`${ROOT}/collections/${collection.id}/objects/`, { key, ...sendObjects(objects) })

const statusPath = (id: string) => `${ROOT}/status/${id}/`

describe('a status', () => {
  it('P-14: is the same resource that the write answered with', async () => {
    const added = await post([indicator(), observable('url', 'https://c2.example/'), { type: 'x' }])
    const { status, json } = await ask(statusPath(added.json.id), { key: writer })
    expect(status).toBe(200)
    expect(json).toEqual(added.json)
  })

  it('P-11, E-11: has an id that is a UUID of version 4, another for every write', async () => {
    const ids = [(await post([indicator()])).json.id, (await post([indicator()])).json.id]
    for (const id of ids) expect(id).toMatch(UUID_V4)
    expect(ids[0]).not.toBe(ids[1])
  })

  it('E-12: is dated with exactly six digits', async () => {
    const { json } = await post([indicator()])
    expect(json.request_timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
    expect(Math.abs(Date.parse(json.request_timestamp) - Date.now())).toBeLessThan(60_000)
  })

  it('§4.3.1: says complete, and stays what it is', async () => {
    const { json } = await post([indicator()])
    expect(json.status).toBe('complete')
    await post([indicator()])
    expect((await ask(statusPath(json.id), { key: writer })).json).toEqual(json)
  })

  it('E-10, P-9: has a list for each count above zero and none for zero', async () => {
    const good = (await post([indicator()])).json
    expect(good).toMatchObject({ success_count: 1, failure_count: 0, pending_count: 0 })
    expect(good.successes).toHaveLength(1)
    expect(good).not.toHaveProperty('failures')
    expect(good).not.toHaveProperty('pendings')
    const bad = (await post([{ type: 'indicator' }])).json
    expect(bad).toMatchObject({ success_count: 0, failure_count: 1, pending_count: 0 })
    expect(bad.failures).toHaveLength(1)
    expect(bad).not.toHaveProperty('successes')
  })
})

describe('who sees a status', () => {
  it('P-11: only the key that wrote; to another it is as if it did not exist', async () => {
    const { json } = await post([indicator()])
    const others = [await createWriter(), await createReader()]
    others.push((await createKey({ tier: 'free' })).key)
    for (const key of others) {
      const hidden = await ask(statusPath(json.id), { key })
      expectRefusal(hidden, { status: 404, code: 'not_found' })
      const unknown = await ask(statusPath(crypto.randomUUID()), { key })
      expect(hidden.json.details).toEqual(unknown.json.details)
      expect(hidden.json.description).toBe(unknown.json.description)
    }
    expect((await ask(statusPath(json.id), { key: writer })).status).toBe(200)
  })

  it('P-11: the keys of a client that follow each other, either way', async () => {
    const first = await createKey({ scopes: ['read:stix', 'write:stix'] })
    const rotated = async ({ id }: { id: string }) =>
      (await operate('POST', `/keys/${id}/rotate/`, { overlap_seconds: 3600 })).json
    const second = await rotated(first)
    const line = [first, second, await rotated(second)]
    for (const { key: writing } of line) {
      const { json } = await post([indicator()], writing)
      for (const { key } of line) {
        expect((await ask(statusPath(json.id), { key })).json).toEqual(json)
      }
      expect((await ask(statusPath(json.id), { key: writer })).status).toBe(404)
    }
  })

  it.each([
    crypto.randomUUID(),
    'nothing',
    '%00',
    "'; DROP TABLE statuses; --",
    '..%2f..%2fcollections',
    'x'.repeat(300),
  ])('P-8: an unknown status %s is a 404', async (id) => {
    const answer = await ask(statusPath(encodeURI(id)), { key: writer })
    expectRefusal(answer, { status: 404, code: 'not_found' })
  })

  it('P-8: a status that has been removed is a 404', async () => {
    const { json } = await post([indicator()])
    await env.DB.prepare('DELETE FROM statuses WHERE id = ?1').bind(json.id).run()
    const answer = await ask(statusPath(json.id), { key: writer })
    expectRefusal(answer, { status: 404, code: 'not_found' })
  })
})
