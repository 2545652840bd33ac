// Collections and views: create, list, show.
import * as z from 'zod'
import { refuse } from '../failure.ts'
import type { AppContext } from '../http/context.ts'
import { STIX } from '../http/media-type.ts'
import { formatMillis } from '../stix/timestamp.ts'
import { forgetCollections } from '../store/collection-facts.ts'
import {
  type Collection,
  createCollection,
  findCollection,
  listCollections,
} from '../store/collections.ts'
import { openReader, openWriter } from '../store/database.ts'
import { matchTypeList, typeList } from '../store/lists.ts'
import { fillView } from '../store/views.ts'
import { adminOperation, answerJson, readJsonBody } from './operation.ts'

const STIX_20 = 'application/stix+json;version=2.0'

/** Clients address collections by title in lists split at these. */
const title = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^.,|]+$/, { message: 'may not contain . , or |' })

const alias = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,99}$/, {
    message: 'takes lower-case letters, digits, - and _, at most 100',
  })
  .refine((text) => !z.uuid().safeParse(text).success, { message: 'may not look like an id' })

const stixType = z.string().regex(/^[a-z0-9-]{3,250}$/, { message: 'is not a STIX type' })

const newCollection = z
  .strictObject({
    id: z.uuidv4().toLowerCase().optional(),
    alias: alias.optional(),
    title,
    description: z.string().max(2000).optional(),
    can_read: z.boolean().default(true),
    can_write: z.boolean().default(false),
    media_types: z
      .array(z.enum([STIX, STIX_20]))
      .min(1)
      .default([STIX]),
    /** Makes a view: a selection from another collection, by STIX type or indicator subtype. */
    view: z
      .strictObject({
        of: z.string(),
        types: z.array(stixType).default([]),
        subtypes: z.array(stixType).default([]),
      })
      .refine((view) => view.types.length + view.subtypes.length > 0, {
        message: 'selects nothing: give types or subtypes',
      })
      .optional(),
  })
  .meta({ id: 'NewCollection' })

const collectionState = z
  .object({
    id: z.uuid(),
    alias: z.string().nullable(),
    title: z.string(),
    description: z.string().nullable(),
    can_read: z.boolean(),
    can_write: z.boolean(),
    media_types: z.array(z.string()),
    view_of: z.uuid().nullable(),
    selects: z.array(z.string()).nullable(),
    last_added: z.string().nullable(),
    created: z.string(),
  })
  .meta({ id: 'CollectionState' })

const pathParameters = {
  collectionId: { description: 'Collection id or alias.', example: 'soc-defenders-all' },
}

export const collectionOperations = [
  adminOperation({
    operationId: 'createCollection',
    method: 'POST',
    path: '/admin/collections/',
    summary: 'Create a collection or a view',
    description:
      'A view takes every object of its parent that has one of the types, or is an indicator about one of the subtypes, also those added later. Views are never written to.',
    body: { schema: newCollection, contentTypes: ['application/json'] },
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
]

async function create(c: AppContext): Promise<Response> {
  const asked = await readJsonBody(c, newCollection)
  const session = openWriter(c.env.DB)
  const parent = asked.view === undefined ? undefined : await requireParent(c, asked.view.of)
  const outcome = await createCollection(session, {
    id: asked.id ?? crypto.randomUUID(),
    alias: asked.alias ?? null,
    title: asked.title,
    description: asked.description ?? null,
    isReadable: asked.can_read,
    isWritable: parent === undefined && asked.can_write,
    mediaTypes: parent?.mediaTypes ?? asked.media_types,
    parentRef: parent?.ref ?? null,
    selector: asked.view === undefined ? null : selectorOf(asked.view),
    createdAtMs: Date.now(),
  })
  if (!outcome.ok) {
    return refuse({
      kind: 'conflict',
      property: outcome.taken,
      problem: `Another collection has this ${outcome.taken}`,
    })
  }
  if (parent !== undefined) await fillView(session, outcome.collection.ref)
  forgetCollections(c.env.DB)
  return answerJson(stateOf(outcome.collection, [...(parent === undefined ? [] : [parent])]), 201)
}

async function requireParent(c: AppContext, idOrAlias: string): Promise<Collection> {
  const parent = await findCollection(openWriter(c.env.DB), idOrAlias)
  if (parent === undefined) return refuse({ kind: 'not-found', what: 'collection' })
  if (parent.parentRef === null) return parent
  return refuse({
    kind: 'bad-body',
    problems: [{ path: 'view.of', problem: 'is itself a view; name its collection' }],
  })
}

function selectorOf(view: { types: string[]; subtypes: string[] }): string[] {
  return [...new Set([...view.types.map(typeList), ...view.subtypes.map(matchTypeList)])]
}

async function list(c: AppContext): Promise<Response> {
  const all = await listCollections(openReader(c.env.DB))
  return answerJson({ collections: all.map((each) => stateOf(each, all)) })
}

async function show(c: AppContext): Promise<Response> {
  const all = await listCollections(openReader(c.env.DB))
  const asked = c.req.param('collectionId')
  const found = all.find(({ id, alias }) => id === asked || alias === asked)
  if (found === undefined) return refuse({ kind: 'not-found', what: 'collection' })
  return answerJson(stateOf(found, all))
}

function stateOf(each: Collection, all: Collection[]): z.infer<typeof collectionState> {
  return {
    id: each.id,
    alias: each.alias,
    title: each.title,
    description: each.description,
    can_read: each.isReadable,
    can_write: each.isWritable,
    media_types: each.mediaTypes,
    view_of: all.find(({ ref }) => ref === each.parentRef)?.id ?? null,
    selects: each.selector,
    last_added: each.lastAddedMs === 0 ? null : formatMillis(each.lastAddedMs),
    created: formatMillis(each.createdAtMs),
  }
}
