// Which status each endpoint gives on collections that can be read, written, both or neither
// (TAXII 2.1 §§5.2–5.8), to keys with every scope and with one. The endpoints are those of the routing
// table, so that a new one cannot escape.
import { beforeAll, describe, expect, it } from 'vitest'
import type { Operation } from '../../../src/http/operation.ts'
import { askedOf, fillPath, named, sendObjects, taxiiOperations } from '../../support/endpoints.ts'
import { ask, ROOT } from '../../support/http.ts'
import { indicator } from '../../support/stix.ts'
import {
  createCollection,
  createReader,
  createWriter,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'

type Kind = 'both' | 'read-only' | 'write-only' | 'neither'
type Need = 'nothing' | 'reading' | 'writing' | 'both'

const KINDS: readonly Kind[] = ['both', 'read-only', 'write-only', 'neither']
const canRead = (kind: Kind) => kind === 'both' || kind === 'read-only'
const canWrite = (kind: Kind) => kind === 'both' || kind === 'write-only'
const kindOf = (reads: boolean, writes: boolean): Kind => {
  if (reads) return writes ? 'both' : 'read-only'
  return writes ? 'write-only' : 'neither'
}

/** What the standard has for it, and this server where the standard leaves the choice (D17). */
const DUE: Record<Need, Record<Kind, 'success' | 403 | 404>> = {
  nothing: { both: 'success', 'read-only': 'success', 'write-only': 'success', neither: 'success' },
  reading: { both: 'success', 'read-only': 'success', 'write-only': 403, neither: 403 },
  writing: { both: 'success', 'read-only': 403, 'write-only': 'success', neither: 403 },
  both: { both: 'success', 'read-only': 403, 'write-only': 403, neither: 404 },
}

const inCollection = named(taxiiOperations).filter(([, { path }]) =>
  path.includes('{collectionId}'),
)

function scopeOf({ access }: Operation): string | null {
  return access.by === 'key' ? access.scope : null
}

function needOf(operation: Operation): Need {
  if (operation.method === 'DELETE') return 'both'
  if (operation.method === 'POST') return 'writing'
  return scopeOf(operation) === null ? 'nothing' : 'reading'
}

const collections = new Map<Kind, TestCollection>()
let writer: string
let reader: string

beforeAll(async () => {
  writer = await createWriter()
  reader = await createReader()
  for (const kind of KINDS) {
    const rights = { can_read: canRead(kind), can_write: canWrite(kind) }
    collections.set(kind, await createCollection(rights))
  }
})

async function statusOf(operation: Operation, kind: Kind, key: string): Promise<number> {
  const collection = collections.get(kind)
  if (collection === undefined) throw new Error(`no collection of kind ${kind}`)
  const object = indicator()
  await importObjects(collection, [object])
  const path = fillPath(operation, { collectionId: collection.id, objectId: object.id })
  return (await ask(path, { ...askedOf(operation), key })).status
}

it('what tells of objects needs read:stix, what changes them write:stix', () => {
  const scopes = inCollection.map(([name, each]) => [name, each.method, scopeOf(each)])
  for (const [name, method, scope] of scopes) {
    const due = method === 'GET' ? 'read:stix' : 'write:stix'
    expect(scope, String(name)).toBe(
      name === `GET ${ROOT}/collections/{collectionId}/` ? null : due,
    )
  }
})

describe.each([
  ['every scope', ['read:iocs', 'read:stix', 'write:stix']],
  ['read:stix alone', ['read:stix']],
  ['write:stix alone', ['write:stix']],
])('a key with %s', (_, scopes) => {
  let key: string

  beforeAll(async () => {
    key = await createWriter({ scopes })
  })

  describe.each(inCollection)('%s', (_, operation) => {
    it.each(KINDS)('P-3, §5.7, §§5.3–5.8, D17, D40: on a collection, %s', async (kind) => {
      const rights = kindOf(
        canRead(kind) && scopes.includes('read:stix'),
        canWrite(kind) && scopes.includes('write:stix'),
      )
      const scope = scopeOf(operation)
      const lacksScope = scope !== null && !scopes.includes(scope)
      const due = lacksScope ? 403 : DUE[needOf(operation)][rights]
      const status = due === 'success' ? operation.success.status : due
      expect(await statusOf(operation, kind, key)).toBe(status)
    })
  })
})

it('D40: the scope is judged before the collection, which a refusal then says nothing of', async () => {
  const path = (collectionId: string) =>
    `${ROOT}/collections/${collectionId}/objects/${indicator().id}/`
  const ids = [...collections.values()].map(({ id }) => id)
  const bodies = new Set<string>()
  for (const id of [...ids, crypto.randomUUID(), 'no-such-alias']) {
    const { status, json } = await ask(path(id), { key: reader, method: 'DELETE' })
    expect(status).toBe(403)
    bodies.add(JSON.stringify([json.error.code, json.error.message, json.error.details]))
  }
  expect(ids).toHaveLength(4)
  expect(bodies.size).toBe(1)
})

it('§5.7: a key that may only write has neither right to a collection for reading', async () => {
  const id = collections.get('read-only')?.id ?? ''
  const key = await createWriter({ scopes: ['write:stix'] })
  const shown = await ask(`${ROOT}/collections/${id}/`, { key })
  expect(shown.json).toMatchObject({ can_read: false, can_write: false })
  const path = `${ROOT}/collections/${id}/objects/${indicator().id}/`
  expect((await ask(path, { key, method: 'DELETE' })).status).toBe(404)
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
