// 5.1 Get Collections and 5.2 Get a Collection: what the key can see, with what it may do there.
import type { AppContext } from '../http/context.ts'
import type { Operation } from '../http/operation.ts'
import type { Grants } from '../keys/record.ts'
import type { Collection } from '../store/collections.ts'
import { databasesOf } from '../store/databases.ts'
import { listEverywhere } from '../store/placed-collections.ts'
import { accessTo, isVisible, readerOf, requireCollection } from './access.ts'
import { answerKeptResource } from './answer.ts'
import { collectionParameter } from './documentation.ts'
import { COLLECTION_PATH, COLLECTIONS_PATH } from './paths.ts'
import { type CollectionResource, type Collections, collection, collections } from './resources.ts'

const access = {
  by: 'key',
  scope: null,
  weight: (config) => config.weights.other,
} as const satisfies Operation['access']

export const getCollections: Operation = {
  operationId: 'getCollections',
  source: 'TAXII 2.1 §5.1',
  method: 'GET',
  path: COLLECTIONS_PATH,
  tag: 'TAXII',
  summary: 'List the collections',
  description: 'The collections this key can see, ordered by id.',
  pathParameters: {},
  query: {},
  success: { status: 200, description: 'The collections', schema: collections },
  refusals: [401, 406, 429, 503],
  offer: 'taxii',
  access,
  handle: answerCollections,
}

export const getCollection: Operation = {
  operationId: 'getCollection',
  source: 'TAXII 2.1 §5.2',
  method: 'GET',
  path: COLLECTION_PATH,
  tag: 'TAXII',
  summary: 'Show one collection',
  description: 'One collection, addressed by id or alias. The answer always names the id.',
  pathParameters: { collectionId: collectionParameter },
  query: {},
  success: { status: 200, description: 'The collection', schema: collection },
  refusals: [401, 404, 406, 429, 503],
  offer: 'taxii',
  access,
  handle: answerCollection,
}

async function answerCollections(c: AppContext): Promise<Response> {
  const all = await listEverywhere(databasesOf(c.env), (database) => readerOf(c, database))
  const visible = all.filter((each) => isVisible(each, c.get('grants')))
  const body: Collections =
    visible.length === 0
      ? {}
      : { collections: visible.map((each) => resourceOf(each, c.get('grants'))) }
  return answerKeptResource(c, body)
}

async function answerCollection(c: AppContext): Promise<Response> {
  return answerKeptResource(c, resourceOf(await requireCollection(c), c.get('grants')))
}

function resourceOf(each: Collection, grants: Grants): CollectionResource {
  const { canRead, canWrite } = accessTo(each, grants)
  return {
    id: each.id,
    title: each.title,
    ...(each.description === null ? {} : { description: each.description }),
    ...(each.alias === null ? {} : { alias: each.alias }),
    can_read: canRead,
    can_write: canWrite,
    media_types: each.mediaTypes,
  }
}
