// TAXII 2.1 §5.5 Add Objects: what becomes of each object, and what the status says of it.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sendObjects, sendText } from '../../support/endpoints.ts'
import { type Answer, type Asked, ask, ROOT } from '../../support/http.ts'
import { identity, indicator, observable, stixId } from '../../support/stix.ts'
import { createCollection, createWriter, type TestCollection } from '../../support/world.ts'

const STIX_21 = 'application/stix+json;version=2.1'
const STIX_20 = 'application/stix+json;version=2.0'

type Detail = { id: string; version: string; message?: string }

let collection: TestCollection
let key: string

beforeAll(async () => {
  key = await createWriter()
})

beforeEach(async () => {
  collection = await createCollection()
})

const objectsPath = (of = collection) => `${ROOT}/collections/${of.id}/objects/`
const send = (asked: Asked, to = collection) => ask(objectsPath(to), { key, ...asked })
const post = (objects: object[], to = collection) => send(sendObjects(objects), to)
const stored = async (query = '', of = collection) =>
  (await ask(`${objectsPath(of)}${query}`, { key })).json.objects

/** P-9, P-10: counts add up, lists are complete, each item has an id and a version. */
function expectConsistent({ status, json }: Answer): void {
  expect(status).toBe(202)
  const { success_count, failure_count, pending_count, total_count } = json
  expect(success_count + failure_count + pending_count).toBe(total_count)
  expect(json.successes?.length ?? 0).toBe(success_count)
  expect(json.failures?.length ?? 0).toBe(failure_count)
  expect(json.pendings?.length ?? 0).toBe(pending_count)
  for (const { id, version } of [...(json.successes ?? []), ...(json.failures ?? [])]) {
    expect([typeof id, typeof version]).toEqual(['string', 'string'])
    expect(version).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)
  }
}

describe('a write', () => {
  it('P-1, P-2: answers 202 with a status and stores the objects in their order', async () => {
    const objects = [identity(), indicator(), observable('url', 'https://c2.example/')]
    const answer = await post(objects)
    expectConsistent(answer)
    expect(answer.json).toMatchObject({ status: 'complete', total_count: 3, success_count: 3 })
    expect(answer.json.successes.map(({ id }: Detail) => id)).toEqual(objects.map(({ id }) => id))
    expect(await stored()).toEqual(objects)
  })

  it('P-10: names versions by modified, else created, else a date that is the date added', async () => {
    const marking = {
      type: 'marking-definition',
      spec_version: '2.1',
      id: stixId('marking-definition'),
      created: '2020-01-01T00:00:00.000Z',
      definition_type: 'statement',
      definition: { statement: 'Internal' },
    }
    const modified = '2024-07-01T00:00:00.1234567Z'
    const { json } = await post([indicator({ modified }), marking, observable('url', 'https://a/')])
    const versions = json.successes.map(({ version }: Detail) => version)
    expect(versions.slice(0, 2)).toEqual([modified, marking.created])
    const manifest = await ask(`${ROOT}/collections/${collection.id}/manifest/`, { key })
    expect(versions[2]).toBe(manifest.json.objects[2].date_added)
  })

  it('P-12, E-15: takes a bundle, and an envelope with properties of its own', async () => {
    const [a, b] = [indicator(), indicator()]
    const bundle = { type: 'bundle', id: stixId('bundle'), objects: [a] }
    const envelope = { x_vendor_batch: { of: [1, 2] }, objects: [b], more: false }
    for (const body of [bundle, envelope]) {
      expectConsistent(await send(sendText(JSON.stringify(body))))
    }
    expect(await stored()).toEqual([a, b])
  })

  it('reads what it wrote with the bookmark of the answer', async () => {
    const { headers } = await post([indicator()])
    const bookmark = headers.get('X-D1-Bookmark')
    expect(bookmark).toMatch(/^[\w-]+$/)
    const read = await ask(objectsPath(), { key, headers: { 'X-D1-Bookmark': bookmark ?? '' } })
    expect(read.json.objects).toHaveLength(1)
  })
})

describe('repetition', () => {
  it('P-4: an exact duplicate is a success that does not move', async () => {
    const object = indicator()
    await post([object])
    const manifest = async () =>
      (await ask(`${ROOT}/collections/${collection.id}/manifest/`, { key })).json.objects
    const before = await manifest()
    const again = await post([object, indicator()])
    expectConsistent(again)
    expect(again.json).toMatchObject({ success_count: 2, failure_count: 0 })
    expect((await manifest())[0]).toEqual(before[0])
    expect(await stored()).toHaveLength(2)
  })

  it('P-4: a duplicate in the same request is a success and stored once', async () => {
    const object = indicator()
    const answer = await post([object, object, object])
    expectConsistent(answer)
    expect(answer.json.success_count).toBe(3)
    expect(await stored()).toEqual([object])
  })

  it('P-4: an observable is a duplicate by its id and content', async () => {
    const object = observable('ipv4-addr', '203.0.113.1')
    await post([object])
    expect((await post([object])).json).toMatchObject({ success_count: 1 })
    const changed = await post([{ ...object, value: '203.0.113.2' }])
    expect(changed.json).toMatchObject({ success_count: 0, failure_count: 1 })
    expect(await stored()).toEqual([object])
  })

  it('D7: the same version with other content is a failure with a reason', async () => {
    const object = indicator()
    const other = { ...object, name: 'Other content' }
    for (const objects of [[object], [other]]) expectConsistent(await post(objects))
    const answer = await post([other, indicator()])
    expect(answer.json).toMatchObject({ success_count: 1, failure_count: 1 })
    expect(answer.json.failures).toEqual([
      { id: object.id, version: object.modified, message: expect.stringContaining('content') },
    ])
    expect((await stored())[0]).toEqual(object)
  })

  it('D7: the same object written otherwise is a success, and stays as it first came', async () => {
    const object = indicator({ labels: ['a', 'b'], x_n: 1 })
    await post([object])
    const reversed = Object.fromEntries(Object.entries(object).reverse())
    const text = `{"objects":[${JSON.stringify(reversed, null, 4).replace('"x_n": 1', '"x_n": 1.0')}]}`
    const answer = await send(sendText(text))
    expect(answer.json).toMatchObject({ success_count: 1, failure_count: 0 })
    expect(await stored()).toEqual([object])
  })

  it('an older version that arrives late is stored and is not the last', async () => {
    const newer = indicator({ modified: '2024-08-01T00:00:00.000Z' })
    const older = { ...newer, modified: '2024-07-01T00:00:00.000Z' }
    expectConsistent(await post([newer]))
    expectConsistent(await post([older]))
    expect(await stored()).toEqual([newer])
    expect(await stored('?match[version]=all')).toEqual([newer, older])
  })
})

describe('the STIX version of a collection', () => {
  const { spec_version: _, ...old } = indicator({ labels: ['malicious-activity'] })

  it('P-6, D13: an object of STIX 2.0 is a failure where only 2.1 is stored', async () => {
    const answer = await post([old, indicator()])
    expectConsistent(answer)
    expect(answer.json).toMatchObject({ success_count: 1, failure_count: 1 })
    expect(answer.json.failures[0]).toEqual({
      id: old.id,
      version: old.modified,
      message: expect.stringContaining('2.0'),
    })
  })

  it('is told by match[spec_version] where both are stored', async () => {
    const both = await createCollection({ media_types: [STIX_21, STIX_20] })
    const recent = indicator()
    expect((await post([old, recent], both)).json).toMatchObject({ success_count: 2 })
    expect(await stored('?match[spec_version]=2.0', both)).toEqual([old])
    expect(await stored('?match[spec_version]=2.1', both)).toEqual([recent])
    expect(await stored('?match[spec_version]=2.0,2.1', both)).toEqual([old, recent])
    expect(await stored('', both)).toEqual([old, recent])
  })

  it('keeps the newest form of an object that came in both', async () => {
    const both = await createCollection({ media_types: [STIX_21, STIX_20] })
    const recent = { ...old, spec_version: '2.1' }
    expectConsistent(await post([recent, old], both))
    expect(await stored('', both)).toEqual([recent])
    expect(await stored('?match[spec_version]=2.0', both)).toEqual([old])
  })
})
