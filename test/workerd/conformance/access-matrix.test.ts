// Which status each endpoint gives on collections that can be read, written, both or neither
// (TAXII 2.1 §§5.2–5.8), to a key with every scope and to one that may only read.
import { beforeAll, describe, expect, it } from 'vitest'
import { sendObjects } from '../../support/endpoints.ts'
import { type Asked, ask, ROOT } from '../../support/http.ts'
import { indicator } from '../../support/stix.ts'
import {
  createCollection,
  createReader,
  createWriter,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'

type Kind = 'both' | 'read-only' | 'write-only' | 'neither'

const rights: Record<Kind, { can_read: boolean; can_write: boolean }> = {
  both: { can_read: true, can_write: true },
  'read-only': { can_read: true, can_write: false },
  'write-only': { can_read: false, can_write: true },
  neither: { can_read: false, can_write: false },
}

const endpoints: Record<string, (objectId: string) => [path: string, asked: Asked]> = {
  'GET collection': () => ['', {}],
  'GET manifest': () => ['manifest/', {}],
  'GET objects': () => ['objects/', {}],
  'POST objects': () => ['objects/', sendObjects([indicator()])],
  'GET object': (id) => [`objects/${id}/`, {}],
  'GET versions': (id) => [`objects/${id}/versions/`, {}],
  'DELETE object': (id) => [`objects/${id}/`, { method: 'DELETE' }],
}

const collections = new Map<Kind, TestCollection>()
let writer: string
let reader: string

beforeAll(async () => {
  writer = await createWriter()
  reader = await createReader()
  for (const kind of Object.keys(rights) as Kind[]) {
    collections.set(kind, await createCollection(rights[kind]))
  }
})

async function statusOf(endpoint: string, kind: Kind, key: string): Promise<number> {
  const collection = collections.get(kind)
  const object = indicator()
  if (collection === undefined) throw new Error(`no collection of kind ${kind}`)
  await importObjects(collection, [object])
  const [path, asked] = endpoints[endpoint]?.(object.id) ?? ['', {}]
  const answer = await ask(`${ROOT}/collections/${collection.id}/${path}`, { ...asked, key })
  return answer.status
}

describe('a key with every scope', () => {
  it.each<[endpoint: string, kind: Kind, status: number]>([
    ['GET collection', 'both', 200],
    ['GET collection', 'read-only', 200],
    ['GET collection', 'write-only', 200],
    ['GET collection', 'neither', 200],
    ['GET manifest', 'both', 200],
    ['GET manifest', 'read-only', 200],
    ['GET manifest', 'write-only', 403],
    ['GET manifest', 'neither', 403],
    ['GET objects', 'both', 200],
    ['GET objects', 'read-only', 200],
    ['GET objects', 'write-only', 403],
    ['GET objects', 'neither', 403],
    ['POST objects', 'both', 202],
    ['POST objects', 'read-only', 403],
    ['POST objects', 'write-only', 202],
    ['POST objects', 'neither', 403],
    ['GET object', 'both', 200],
    ['GET object', 'read-only', 200],
    ['GET object', 'write-only', 403],
    ['GET object', 'neither', 403],
    ['GET versions', 'both', 200],
    ['GET versions', 'read-only', 200],
    ['GET versions', 'write-only', 403],
    ['GET versions', 'neither', 403],
    ['DELETE object', 'both', 200],
    ['DELETE object', 'read-only', 403],
    ['DELETE object', 'write-only', 403],
    ['DELETE object', 'neither', 404],
  ])('P-3, §§5.3–5.8, D17: %s on %s is %i', async (endpoint, kind, status) => {
    expect(await statusOf(endpoint, kind, writer)).toBe(status)
  })
})

describe('a key that may only read', () => {
  it.each<[endpoint: string, kind: Kind, status: number]>([
    ['GET objects', 'both', 200],
    ['GET objects', 'write-only', 403],
    ['POST objects', 'both', 403],
    ['POST objects', 'write-only', 403],
    ['DELETE object', 'both', 403],
    ['DELETE object', 'read-only', 403],
  ])('P-3, §5.7: %s on %s is %i', async (endpoint, kind, status) => {
    expect(await statusOf(endpoint, kind, reader)).toBe(status)
  })
})

describe('a key that may only write', () => {
  it.each<[endpoint: string, kind: Kind, status: number]>([
    ['GET objects', 'both', 403],
    ['POST objects', 'both', 202],
    ['POST objects', 'write-only', 202],
    ['DELETE object', 'both', 403],
    ['DELETE object', 'read-only', 404],
  ])('P-3, §5.7: %s on %s is %i', async (endpoint, kind, status) => {
    const key = await createWriter({ scopes: ['write:stix'] })
    expect(await statusOf(endpoint, kind, key)).toBe(status)
  })
})

it('the scope is judged before the collection, which a refusal then says nothing of', async () => {
  for (const kind of ['write-only', 'neither'] as const) {
    expect(await statusOf('DELETE object', kind, reader)).toBe(403)
  }
  const unknown = `${ROOT}/collections/${crypto.randomUUID()}/objects/${indicator().id}/`
  expect((await ask(unknown, { key: reader, method: 'DELETE' })).status).toBe(403)
})

it('§5.7: a refused DELETE deletes nothing', async () => {
  const collection = await createCollection({ can_write: false })
  const object = indicator()
  await importObjects(collection, [object])
  const path = `${ROOT}/collections/${collection.id}/objects/${object.id}/`
  expect((await ask(path, { method: 'DELETE', key: writer })).status).toBe(403)
  expect((await ask(path, { key: reader })).json.objects).toEqual([object])
})

it('a view refuses objects and deletions', async () => {
  const parent = await createCollection()
  const view = await createCollection({ view: { of: parent.id, types: ['indicator'] } })
  const object = indicator()
  await importObjects(parent, [object])
  const path = `${ROOT}/collections/${view.id}/objects/`
  expect((await ask(path, { key: writer, ...sendObjects([indicator()]) })).status).toBe(403)
  expect((await ask(`${path}${object.id}/`, { key: writer, method: 'DELETE' })).status).toBe(403)
  expect((await ask(path, { key: reader })).json.objects).toEqual([object])
})
