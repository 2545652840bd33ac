// API keys: make, list, show, change, revoke, rotate. A token is shown once, when it is made.
import * as z from 'zod'
import { refuse } from '../failure.ts'
import type { AppContext } from '../http/context.ts'
import type { KeyPatch, KeyRecord } from '../keys/record.ts'
import { type ApiKeyEntry, findApiKey, listApiKeys } from '../store/api-keys.ts'
import { openWriter } from '../store/database.ts'
import { askKey } from './key-object.ts'
import { issuedKey, keyChange, keyState, keyStateOf, newKey, rotation } from './key-resources.ts'
import {
  issueKey,
  listedRecord,
  noteKey,
  requireCollectionIds,
  requireKey,
  requireTier,
  type Terms,
} from './key-store.ts'
import { adminOperation, answerJson, readJsonBody } from './operation.ts'
import { after, limit, pageOf } from './paging.ts'

export const keyPathParameters = {
  keyId: { description: 'Id of the key, as listed.', example: 'key_...' },
}

const json = ['application/json']

export const keyOperations = [
  adminOperation({
    operationId: 'createKey',
    method: 'POST',
    path: '/admin/keys/',
    summary: 'Create an API key',
    description: 'The token is in this answer and nowhere else.',
    body: { schema: newKey, contentTypes: json },
    success: { status: 201, description: 'The key with its token', schema: issuedKey },
    refusals: [400, 503],
    handle: create,
  }),
  adminOperation({
    operationId: 'listKeys',
    method: 'GET',
    path: '/admin/keys/',
    summary: 'List the API keys',
    description: 'Newest first.',
    query: { limit, after },
    success: {
      status: 200,
      description: 'A page of keys; `next` is the `after` of the following page',
      schema: z.object({ keys: z.array(keyState), next: z.string().optional() }),
    },
    refusals: [400],
    handle: list,
  }),
  adminOperation({
    operationId: 'showKey',
    method: 'GET',
    path: '/admin/keys/{keyId}/',
    summary: 'Show one API key',
    description: 'One key, without its token.',
    pathParameters: keyPathParameters,
    success: { status: 200, description: 'The key', schema: keyState },
    refusals: [404, 503],
    handle: show,
  }),
  adminOperation({
    operationId: 'changeKey',
    method: 'PATCH',
    path: '/admin/keys/{keyId}/',
    summary: 'Change an API key',
    description: 'Holds from the next request on. What is left out stays; null means as the tier.',
    pathParameters: keyPathParameters,
    body: { schema: keyChange, contentTypes: json },
    success: { status: 200, description: 'The changed key', schema: keyState },
    refusals: [400, 404, 503],
    handle: change,
  }),
  adminOperation({
    operationId: 'revokeKey',
    method: 'POST',
    path: '/admin/keys/{keyId}/revoke/',
    summary: 'Revoke an API key',
    description: 'From the next request on the key is refused everywhere, for good.',
    pathParameters: keyPathParameters,
    success: { status: 200, description: 'The revoked key', schema: keyState },
    refusals: [404, 503],
    handle: revoke,
  }),
  adminOperation({
    operationId: 'rotateKey',
    method: 'POST',
    path: '/admin/keys/{keyId}/rotate/',
    summary: 'Replace an API key',
    description:
      'Makes a key with the same grants, which sees the statuses of the old one. That stays valid for the overlap.',
    pathParameters: keyPathParameters,
    body: { schema: rotation, contentTypes: json },
    success: { status: 201, description: 'The new key with its token', schema: issuedKey },
    refusals: [400, 404, 409, 503],
    handle: rotate,
  }),
]

async function create(c: AppContext): Promise<Response> {
  const asked = await readJsonBody(c, newKey)
  const issued = await issueKey(c, {
    label: asked.label,
    owner: asked.owner,
    tier: requireTier(c, asked.tier),
    scopes: asked.scopes,
    collections: await requireCollectionIds(c, asked.collections),
    unitsPerMinute: asked.per_minute,
    unitsPerDay: asked.per_day,
    networks: asked.networks,
    expiresAtMs: asked.expires,
  })
  const { key: _, ...shown } = issued
  c.set('audited', { subject: issued.id, detail: shown })
  return answerJson(issued, 201)
}

async function list(c: AppContext): Promise<Response> {
  const session = openWriter(c.env.DB)
  const { limit: asked, after: afterId } = pageOf(c)
  const before = afterId === undefined ? undefined : await findApiKey(session, afterId)
  const entries = await listApiKeys(session, { limit: asked + 1, before })
  const shown = entries.slice(0, asked)
  const { tiers } = c.get('runtime').config
  const keys = shown.flatMap((entry) => {
    const record = listedRecord(entry)
    return record === undefined ? [] : [keyStateOf(record, tiers, Date.now())]
  })
  const next = entries.length > asked ? shown.at(-1)?.id : undefined
  return answerJson({ keys, ...(next === undefined ? {} : { next }) })
}

async function show(c: AppContext): Promise<Response> {
  const { record } = await requireKey(c)
  return answerJson(keyStateOf(record, c.get('runtime').config.tiers, Date.now()))
}

async function change(c: AppContext): Promise<Response> {
  const { entry } = await requireKey(c)
  const asked = await readJsonBody(c, keyChange)
  const { collections } = asked
  const patch: KeyPatch = {
    label: asked.label,
    owner: asked.owner,
    tier: asked.tier === undefined ? undefined : requireTier(c, asked.tier),
    scopes: asked.scopes,
    collections: collections === undefined ? undefined : await requireCollectionIds(c, collections),
    unitsPerMinute: asked.per_minute,
    unitsPerDay: asked.per_day,
    networks: asked.networks,
    expiresAtMs: asked.expires,
  }
  const changed = await askKey(c, entry.objectId, 'change', (key) => key.change(patch))
  const state = await noteKey(c, entry, changed)
  c.set('audited', { subject: entry.id, detail: asked })
  return answerJson(state)
}

async function revoke(c: AppContext): Promise<Response> {
  const { entry } = await requireKey(c)
  const state = await noteKey(c, entry, await revokeNow(c, entry))
  c.set('audited', { subject: entry.id })
  return answerJson(state)
}

async function rotate(c: AppContext): Promise<Response> {
  const { entry, record } = await requireKey(c)
  const { overlap_seconds: overlapSeconds } = await readJsonBody(c, rotation)
  if (record.revokedAtMs !== null) {
    return refuse({ kind: 'conflict', property: 'state', problem: 'The key has been revoked' })
  }
  const issued = await issueKey(c, termsOf(record))
  const endMs = Date.now() + overlapSeconds * 1000
  try {
    await noteKey(c, entry, await askKey(c, entry.objectId, 'expire', (key) => key.expire(endMs)))
  } catch (error) {
    // Nobody is given its token.
    await withdraw(c, issued.id).catch(() => {})
    throw error
  }
  const detail = { replaced_by: issued.id, overlap_seconds: overlapSeconds }
  c.set('audited', { subject: entry.id, detail })
  return answerJson(issued, 201)
}

async function withdraw(c: AppContext, keyId: string): Promise<void> {
  const entry = await findApiKey(openWriter(c.env.DB), keyId)
  if (entry !== undefined) await noteKey(c, entry, await revokeNow(c, entry))
}

async function revokeNow(c: AppContext, { objectId }: ApiKeyEntry): Promise<KeyRecord | null> {
  return await askKey(c, objectId, 'revoke', (key) => key.revoke(Date.now()))
}

/** The client stays who it was: it sees the statuses of what it wrote under the old token. */
function termsOf(record: KeyRecord): Terms {
  const { id, createdAtMs: _at, revokedAtMs: _revoked, lastFour: _four, ...terms } = record
  return { ...terms, successorOf: record.successorOf ?? id }
}
