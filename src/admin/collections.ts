// Collections and views: create, list, show, change, delete.
import * as z from 'zod'
import { refuse } from '../failure.ts'
import type { AppContext } from '../http/context.ts'
import { forgetAfterWrite } from '../http/forget-pages.ts'
import type { QueryParameter } from '../http/operation.ts'
import { openWriter } from '../store/database.ts'
import { type CollectionDatabase, databaseNamed, databasesOf } from '../store/databases.ts'
import { matchTypeList, typeList } from '../store/lists.ts'
import {
  changePlaced,
  createPlaced,
  listEverywhere,
  locateCollection,
  onPrimary,
  type PlacedCollection,
  type PlaceOutcome,
} from '../store/placed-collections.ts'
import { portions } from '../store/portions.ts'
import { finishRemovals, removeCollection } from '../store/remove-collection.ts'
import { fillView } from '../store/views.ts'
import {
  collectionChange,
  collectionState,
  collectionStateOf,
  isViewOf,
  newCollection,
} from './collection-resources.ts'
import { adminOperation, answerJson, readJsonBody } from './operation.ts'

const pathParameters = {
  collectionId: { description: 'Collection id or alias.', example: 'soc-defenders-all' },
}

const confirm: QueryParameter = {
  schema: z.string().meta({ type: 'string' }),
  description: 'The id or the alias of the collection once more, since its objects go with it.',
}

const json = ['application/json']

export const collectionOperations = [
  adminOperation({
    operationId: 'createCollection',
    method: 'POST',
    path: '/admin/collections/',
    summary: 'Create a collection or a view',
    description:
      'A view takes every object of its parent that has one of the types, or is an indicator about one of the subtypes, also those added later. Views are never written to.',
    body: { schema: newCollection, contentTypes: json },
    success: { status: 201, description: 'The new collection', schema: collectionState },
    refusals: [400, 404, 409],
    handle: create,
  }),
  adminOperation({
    operationId: 'listCollectionStates',
    method: 'GET',
    path: '/admin/collections/',
    summary: 'List all collections',
    description: 'All collections and views, ordered by id.',
    success: {
      status: 200,
      description: 'The collections',
      schema: z.object({ collections: z.array(collectionState) }),
    },
    refusals: [],
    handle: list,
  }),
  adminOperation({
    operationId: 'showCollection',
    method: 'GET',
    path: '/admin/collections/{collectionId}/',
    summary: 'Show one collection',
    description: 'One collection or view.',
    pathParameters,
    success: { status: 200, description: 'The collection', schema: collectionState },
    refusals: [404],
    handle: show,
  }),
  adminOperation({
    operationId: 'changeCollection',
    method: 'PATCH',
    path: '/admin/collections/{collectionId}/',
    summary: 'Change a collection',
    description:
      'Its names, what may be done with it, how long it keeps objects. What is left out stays as it is.',
    pathParameters,
    body: { schema: collectionChange, contentTypes: json },
    success: { status: 200, description: 'The changed collection', schema: collectionState },
    refusals: [400, 404, 409],
    handle: change,
  }),
  adminOperation({
    operationId: 'deleteCollection',
    method: 'DELETE',
    path: '/admin/collections/{collectionId}/',
    summary: 'Delete a collection with its objects',
    description: 'Its views have to be deleted first. Deleting a view leaves the objects.',
    pathParameters,
    query: { confirm },
    success: { status: 200, description: 'The deleted collection', schema: collectionState },
    refusals: [400, 404, 409],
    handle: remove,
  }),
]

/** Portions of a deleted collection's rows that the request itself removes. */
const PORTIONS_AT_ONCE = 20

async function create(c: AppContext): Promise<Response> {
  const asked = await readJsonBody(c, newCollection)
  const databases = databasesOf(c.env)
  const parent = asked.view === undefined ? undefined : await requireParent(c, asked.view.of)
  const database = parent === undefined ? requireDatabase(c, asked.database) : parent.database
  if (parent !== undefined) checkView(parent, asked)
  const created = requireFree(
    await createPlaced(databases, database, {
      id: asked.id ?? crypto.randomUUID(),
      alias: asked.alias ?? null,
      title: asked.title,
      description: asked.description ?? null,
      isReadable: asked.can_read,
      isWritable: parent === undefined && asked.can_write,
      mediaTypes: parent?.mediaTypes ?? asked.media_types,
      parentRef: parent?.ref ?? null,
      selector: asked.view === undefined ? null : selectorOf(asked.view),
      retentionDays: asked.retention_days ?? null,
      createdAtMs: asked.created ?? Date.now(),
    }),
  )
  if (asked.view?.fill === true) await fillView(openWriter(database.d1), created.ref)
  forgetAfterWrite(c, [])
  c.set('audited', { subject: created.id, detail: { ...asked, database: database.name } })
  return answerJson(collectionStateOf(created, parent === undefined ? [] : [parent]), 201)
}

/** The database that was named, or else the one that is set for new collections. */
function requireDatabase(c: AppContext, name: string | undefined): CollectionDatabase {
  const databases = databasesOf(c.env)
  const found = databaseNamed(databases, name ?? c.get('runtime').config.collectionDatabase)
  if (found !== undefined) return found
  const names = databases.all.map((each) => each.name).join(', ')
  return refuseProperty('database', `is not a database of this server (${names})`)
}

async function requireParent(c: AppContext, idOrAlias: string): Promise<PlacedCollection> {
  const parent = await locateCollection(databasesOf(c.env), idOrAlias, onPrimary)
  if (parent === undefined) return refuse({ kind: 'not-found', what: 'collection' })
  if (parent.parentRef === null) return parent
  return refuseProperty('view.of', 'is itself a view; name its collection')
}

/** A view shows texts that its collection keeps: it is where they are, for as long as they are. */
function checkView({ database: { name } }: PlacedCollection, asked: Asked): void {
  if (asked.database !== undefined && asked.database !== name) {
    refuseProperty('database', `A view is kept where its collection is, in ${name}`)
  }
  if ((asked.retention_days ?? null) !== null) refuseProperty('retention_days', VIEW_RETENTION)
}

type Asked = z.infer<typeof newCollection>

const VIEW_RETENTION = 'A view keeps what its collection keeps'

function refuseProperty(path: string, problem: string): never {
  return refuse({ kind: 'bad-body', problems: [{ path, problem }] })
}

function selectorOf(view: { types: string[]; subtypes: string[] }): string[] {
  return [...new Set([...view.types.map(typeList), ...view.subtypes.map(matchTypeList)])]
}

function requireFree(outcome: PlaceOutcome): PlacedCollection {
  if (outcome.ok) return outcome.collection
  const problem = `Another collection has this ${outcome.taken}`
  return refuse({ kind: 'conflict', property: outcome.taken, problem })
}

async function list(c: AppContext): Promise<Response> {
  const all = await listEverywhere(databasesOf(c.env), onPrimary)
  return answerJson({ collections: all.map((each) => collectionStateOf(each, all)) })
}

async function show(c: AppContext): Promise<Response> {
  const { found, all } = await requireAmongAll(c)
  return answerJson(collectionStateOf(found, all))
}

type Among = { found: PlacedCollection; all: PlacedCollection[] }

async function requireAmongAll(c: AppContext): Promise<Among> {
  const all = await listEverywhere(databasesOf(c.env), onPrimary)
  const asked = c.req.param('collectionId')
  const found = all.find(({ id, alias }) => id === asked || alias === asked)
  return found === undefined ? refuse({ kind: 'not-found', what: 'collection' }) : { found, all }
}

async function change(c: AppContext): Promise<Response> {
  const { found, all } = await requireAmongAll(c)
  const asked = await readJsonBody(c, collectionChange)
  if (asked.can_write === true && found.parentRef !== null) {
    const problem = 'A view is never written to'
    return refuse({ kind: 'conflict', property: 'can_write', problem })
  }
  if ((asked.retention_days ?? null) !== null && found.parentRef !== null) {
    return refuse({ kind: 'conflict', property: 'retention_days', problem: VIEW_RETENTION })
  }
  const patch = {
    alias: asked.alias,
    title: asked.title,
    description: asked.description,
    isReadable: asked.can_read,
    isWritable: asked.can_write,
    retentionDays: asked.retention_days,
  }
  const given = Object.entries(patch).filter(([, value]) => value !== undefined)
  const changed =
    given.length === 0
      ? found
      : requireFree(await changePlaced(databasesOf(c.env), found, Object.fromEntries(given)))
  forgetAfterWrite(c, [found.id])
  c.set('audited', { subject: found.id, detail: asked })
  return answerJson(collectionStateOf(changed, all))
}

async function remove(c: AppContext): Promise<Response> {
  const { found, all } = await requireAmongAll(c)
  const { confirm: word } = c.get('parameters') as { confirm?: string }
  if (word !== found.id && word !== found.alias) {
    const problem = 'must be the id or the alias of the collection to delete'
    return refuse({ kind: 'bad-parameter', name: 'confirm', problem })
  }
  const views = all.filter((each) => isViewOf(each, found))
  if (views.length > 0) {
    const problem = `Delete its views first: ${views.map(({ alias, id }) => alias ?? id).join(', ')}`
    return refuse({ kind: 'conflict', property: 'collectionId', problem })
  }
  const session = openWriter(found.database.d1)
  await removeCollection(session, found.ref, Date.now())
  forgetAfterWrite(c, [found.id])
  await finishRemovals(session, portions(PORTIONS_AT_ONCE))
  c.set('audited', { subject: found.id, detail: { title: found.title, alias: found.alias } })
  return answerJson(collectionStateOf(found, all))
}
