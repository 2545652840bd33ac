// Requests that succeed, for every operation of the routing table: a test that goes through the
// table needs no list of its own, so a new route cannot escape it.
import { operations } from '../../src/app.ts'
import type { Operation } from '../../src/http/operation.ts'
import { type Asked, ask, ROOT, TAXII } from './http.ts'
import { indicator } from './stix.ts'
import { createCollection, createWriter, importObjects, type TestCollection } from './world.ts'

export const taxiiOperations = operations.filter(({ access }) => access.by === 'key')
export const adminOperations = operations.filter(({ access }) => access.by === 'operator')
export const openOperations = operations.filter(({ access }) => access.by === 'nobody')

/** One row of a table of tests: the operation under a name that says what it is. */
export function named(all: readonly Operation[]): [name: string, operation: Operation][] {
  return all.map((operation) => [`${operation.method} ${operation.path}`, operation])
}

/** The path with its parameters filled in; one without a value gets an id that nothing has. */
export function fillPath({ path }: Operation, values: Record<string, string>): string {
  return path.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? crypto.randomUUID())
}

export type Endpoints = {
  collection: TestCollection
  writer: string
  /**
   * Path of a request that succeeds with `asked`, but for what `instead` puts into it; a DELETE gets
   * a new object each time.
   */
  pathOf: (operation: Operation, instead?: Record<string, string>) => Promise<string>
}

/** `properties` are those of the collection. */
export async function makeEndpoints(properties: Record<string, unknown> = {}): Promise<Endpoints> {
  const collection = await createCollection(properties)
  const writer = await createWriter()
  const added = await ask(`${ROOT}/collections/${collection.id}/objects/`, {
    key: writer,
    ...sendObjects([indicator()]),
  })
  const known = { collectionId: collection.id, statusId: added.json.id }
  return {
    collection,
    writer,
    async pathOf(operation, instead = {}) {
      const object = indicator()
      if (operation.path.includes('{objectId}')) await importObjects(collection, [object])
      return fillPath(operation, { ...known, objectId: object.id, ...instead })
    },
  }
}

/** Method, body and headers that an operation takes. */
export function askedOf({ method, body }: Operation): Asked {
  return body === undefined ? { method } : { ...sendObjects([indicator()]), method }
}

export function sendObjects(objects: readonly object[]): Asked {
  return sendText(JSON.stringify({ objects }))
}

export function sendText(text: string, contentType = TAXII): Asked {
  return { method: 'POST', headers: { 'Content-Type': contentType }, body: text }
}
