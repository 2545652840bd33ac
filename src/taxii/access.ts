// What a key may do with a collection. A collection the key has no part in cannot be told from one
// that does not exist; one it can see but not use is forbidden (TAXII 2.1 §5, requirements §6).

import { isCollectionKnown, readCollection } from '../cache/collection-facts.ts'
import { refuse } from '../failure.ts'
import type { AppContext } from '../http/context.ts'
import type { Grants } from '../keys/record.ts'
import type { Collection } from '../store/collections.ts'
import { openReader, type Session } from '../store/database.ts'
import { bookmarkOfDatabase, type CollectionDatabase, databasesOf } from '../store/databases.ts'
import type { PlacedCollection } from '../store/placed-collections.ts'

export type CollectionAccess = { canRead: boolean; canWrite: boolean }

export function accessTo(collection: Collection, { scopes }: Grants): CollectionAccess {
  return {
    canRead: collection.isReadable && scopes.includes('read:stix'),
    canWrite: collection.isWritable && scopes.includes('write:stix'),
  }
}

export function isVisible(collection: Collection, { collections }: Grants): boolean {
  return collections === null || collections.includes(collection.id)
}

/** The collection named in the path, by id or alias, whoever asks. */
export async function readNamedCollection(c: AppContext): Promise<PlacedCollection | undefined> {
  const open = (database: CollectionDatabase) => readerOf(c, database)
  return await readCollection(databasesOf(c.env), namedIn(c), open)
}

/** Whether this isolate has seen it, so that looking it up again is one query at most. */
export function isNamedCollectionKnown(c: AppContext): boolean {
  return isCollectionKnown(databasesOf(c.env), namedIn(c))
}

function namedIn(c: AppContext): string {
  return c.req.param('collectionId') ?? ''
}

/** Refuses with 404 when there is none to see. */
export async function requireCollection(c: AppContext): Promise<PlacedCollection> {
  const collection = await readNamedCollection(c)
  if (collection === undefined || !isVisible(collection, c.get('grants'))) {
    return refuse({ kind: 'not-found', what: 'collection' })
  }
  return collection
}

export async function requireReadable(c: AppContext): Promise<PlacedCollection> {
  const collection = await requireCollection(c)
  if (!accessTo(collection, c.get('grants')).canRead) {
    refuse({ kind: 'collection-forbids', need: 'read', collection: collection.id })
  }
  return collection
}

export async function requireWritable(c: AppContext): Promise<PlacedCollection> {
  const collection = await requireCollection(c)
  if (!accessTo(collection, c.get('grants')).canWrite) {
    refuse({ kind: 'collection-forbids', need: 'write', collection: collection.id })
  }
  return collection
}

/** Deleting needs both rights; with neither the collection is as good as absent (§5.7). */
export async function requireDeletable(c: AppContext): Promise<PlacedCollection> {
  const collection = await requireCollection(c)
  const { canRead, canWrite } = accessTo(collection, c.get('grants'))
  if (canRead && canWrite) return collection
  if (!canRead && !canWrite) return refuse({ kind: 'not-found', what: 'collection' })
  return refuse({ kind: 'collection-forbids', need: 'delete', collection: collection.id })
}

/** A session for reading what a database holds, at least as new as the client's bookmark of it. */
export function readerOf(c: AppContext, database: CollectionDatabase): Session {
  return openReader(database.d1, bookmarkOf(c, database))
}

/** The D1 bookmark of an earlier write, which a client may send to read what it wrote there. */
export function bookmarkOf(c: AppContext, database: CollectionDatabase): string | undefined {
  return bookmarkOfDatabase(c.req.header('X-D1-Bookmark'), database)
}
