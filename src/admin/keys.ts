// API keys: make, list, show, revoke, rotate. A token is shown once, when it is made.
import * as z from 'zod'
import { refuse } from '../failure.ts'
import type { AppContext } from '../http/context.ts'
import type { KeyRecord } from '../keys/record.ts'
import { scopeSchema } from '../keys/tier.ts'
import { mintKeyId } from '../keys/token.ts'
import { formatMillis, microsOf } from '../stix/timestamp.ts'
import { type ApiKeyEntry, addApiKey, findApiKey, listApiKeys } from '../store/api-keys.ts'
import { listCollections } from '../store/collections.ts'
import { openReader, openWriter } from '../store/database.ts'
import { adminOperation, answerJson, readJsonBody } from './operation.ts'

const timestamp = z.string().transform((text, context) => {
  const micros = microsOf(text)
  if (micros !== undefined) return Math.floor(micros / 1000)
  context.addIssue({ code: 'custom', message: 'must be a UTC timestamp' })
  return z.NEVER
})

const newKey = z
  .strictObject({
    tier: z.string(),
    label: z.string().max(200).default(''),
    owner: z.string().max(200).default(''),
    scopes: z.array(scopeSchema).min(1).optional(),
    collections: z.array(z.string()).min(1).optional(),
    per_minute: z.int().min(0).max(10_000_000).optional(),
    per_day: z.int().min(0).max(10_000_000_000).optional(),
    expires: timestamp.optional(),
    networks: z
      .array(z.union([z.cidrv4(), z.cidrv6()]))
      .min(1)
      .max(100)
      .optional(),
  })
  .meta({ id: 'NewKey' })

const rotation = z
  .strictObject({
    overlap_seconds: z
      .int()
      .min(0)
      .max(90 * 86_400)
      .default(0),
  })
  .meta({ id: 'KeyRotation' })

const keyState = z
  .object({
    id: z.string(),
    label: z.string(),
    owner: z.string(),
    tier: z.string(),
    scopes: z.array(z.string()),
    collections: z.array(z.uuid()).nullable(),
    per_minute: z.number(),
    per_day: z.number(),
    state: z.enum(['active', 'expired', 'revoked']),
    last_four: z.string(),
    created: z.string(),
    expires: z.string().nullable(),
    networks: z.array(z.string()).nullable(),
  })
  .meta({ id: 'KeyState' })

const issuedKey = keyState
  .extend({
    /** The token, shown this once. */
    key: z.string(),
  })
  .meta({ id: 'IssuedKey' })

const pathParameters = {
  keyId: { description: 'Id of the key, as listed.', example: 'key_...' },
}

export const keyOperations = [
  adminOperation({
    operationId: 'createKey',
    method: 'POST',
    path: '/admin/keys/',
    summary: 'Create an API key',
    description: 'The token is in this answer and nowhere else.',
    body: { schema: newKey, contentTypes: ['application/json'] },
    success: { status: 201, description: 'The key with its token', schema: issuedKey },
    refusals: [400],
    handle: create,
  }),
  adminOperation({
    operationId: 'listKeys',
    method: 'GET',
    path: '/admin/keys/',
    summary: 'List all API keys',
    description: 'Newest first.',
    success: {
      status: 200,
      description: 'The keys',
      schema: z.object({ keys: z.array(keyState) }),
    },
    refusals: [],
    handle: list,
  }),
  adminOperation({
    operationId: 'showKey',
    method: 'GET',
    path: '/admin/keys/{keyId}/',
    summary: 'Show one API key',
    description: 'One key, without its token.',
    pathParameters,
    success: { status: 200, description: 'The key', schema: keyState },
    refusals: [404],
    handle: show,
  }),
  adminOperation({
    operationId: 'revokeKey',
    method: 'POST',
    path: '/admin/keys/{keyId}/revoke/',
    summary: 'Revoke an API key',
    description: 'From the next request on the key is refused everywhere.',
    pathParameters,
    success: { status: 200, description: 'The revoked key', schema: keyState },
    refusals: [404],
    handle: revoke,
  }),
  adminOperation({
    operationId: 'rotateKey',
    method: 'POST',
    path: '/admin/keys/{keyId}/rotate/',
    summary: 'Replace an API key',
    description: 'Makes a key with the same grants. The old one stays valid for the overlap.',
    pathParameters,
    body: { schema: rotation, contentTypes: ['application/json'] },
    success: { status: 201, description: 'The new key with its token', schema: issuedKey },
    refusals: [400, 404, 409],
    handle: rotate,
  }),
]

async function create(c: AppContext): Promise<Response> {
  const asked = await readJsonBody(c, newKey)
  const { tiers } = c.var.runtime.config
  if (tiers[asked.tier] === undefined) {
    const known = Object.keys(tiers).join(', ')
    return refuseBody('tier', `is not a configured tier (${known})`)
  }
  const record = {
    label: asked.label,
    owner: asked.owner,
    tier: asked.tier,
    scopes: asked.scopes ?? null,
    collections: asked.collections === undefined ? null : await collectionIds(c, asked.collections),
    unitsPerMinute: asked.per_minute ?? null,
    unitsPerDay: asked.per_day ?? null,
    networks: asked.networks ?? null,
    expiresAtMs: asked.expires ?? null,
  }
  return answerJson(await issue(c, record), 201)
}

type Terms = Omit<KeyRecord, 'id' | 'createdAtMs' | 'revokedAtMs' | 'lastFour'>

/** Mints a token, makes its object, and puts the key on the operator's list, in that order. */
async function issue(c: AppContext, terms: Terms): Promise<z.infer<typeof issuedKey>> {
  const { config, tokens } = c.var.runtime
  const { token, objectName } = await tokens.mint(config.keys.prefix)
  const objectId = c.env.API_KEYS.idFromName(objectName)
  const record: KeyRecord = {
    ...terms,
    id: mintKeyId(),
    createdAtMs: Date.now(),
    revokedAtMs: null,
    lastFour: token.slice(-4),
  }
  await c.env.API_KEYS.get(objectId).create(record)
  await addApiKey(openWriter(c.env.DB), {
    id: record.id,
    objectId: objectId.toString(),
    label: record.label,
    owner: record.owner,
    tier: record.tier,
    lastFour: record.lastFour,
    createdAtMs: record.createdAtMs,
  })
  return { ...stateOf(c, record), key: token }
}

async function collectionIds(c: AppContext, names: string[]): Promise<string[]> {
  const all = await listCollections(openWriter(c.env.DB))
  return names.map((name) => {
    const found = all.find(({ id, alias }) => id === name || alias === name)
    return found?.id ?? refuseBody('collections', `${name} is not a collection`)
  })
}

async function list(c: AppContext): Promise<Response> {
  const entries = await listApiKeys(openReader(c.env.DB))
  const records = await Promise.all(entries.map((entry) => keyObject(c, entry).show()))
  const keys = records.flatMap((record) => (record === null ? [] : [stateOf(c, record)]))
  return answerJson({ keys })
}

async function show(c: AppContext): Promise<Response> {
  const { record } = await requireKey(c)
  return answerJson(stateOf(c, record))
}

async function revoke(c: AppContext): Promise<Response> {
  const { entry, record } = await requireKey(c)
  if (record.revokedAtMs === null) await keyObject(c, entry).revoke(Date.now())
  return answerJson(stateOf(c, { ...record, revokedAtMs: record.revokedAtMs ?? Date.now() }))
}

async function rotate(c: AppContext): Promise<Response> {
  const { entry, record } = await requireKey(c)
  const { overlap_seconds: overlapSeconds } = await readJsonBody(c, rotation)
  if (record.revokedAtMs !== null) {
    return refuse({ kind: 'conflict', property: 'state', problem: 'The key has been revoked' })
  }
  const issued = await issue(c, termsOf(record))
  const endMs = Date.now() + overlapSeconds * 1000
  const expiresAtMs = Math.min(record.expiresAtMs ?? endMs, endMs)
  await keyObject(c, entry).change({ expiresAtMs })
  return answerJson(issued, 201)
}

function termsOf(record: KeyRecord): Terms {
  const { id: _id, createdAtMs: _at, revokedAtMs: _revoked, lastFour: _four, ...terms } = record
  return terms
}

async function requireKey(c: AppContext): Promise<{ entry: ApiKeyEntry; record: KeyRecord }> {
  const entry = await findApiKey(openWriter(c.env.DB), c.req.param('keyId') ?? '')
  const record = entry === undefined ? null : await keyObject(c, entry).show()
  if (entry === undefined || record === null) return refuse({ kind: 'not-found', what: 'key' })
  return { entry, record }
}

function keyObject(c: AppContext, entry: ApiKeyEntry) {
  return c.env.API_KEYS.get(c.env.API_KEYS.idFromString(entry.objectId))
}

function stateOf(c: AppContext, record: KeyRecord): z.infer<typeof keyState> {
  const tier = c.var.runtime.config.tiers[record.tier]
  const isExpired = record.expiresAtMs !== null && record.expiresAtMs <= Date.now()
  return {
    id: record.id,
    label: record.label,
    owner: record.owner,
    tier: record.tier,
    scopes: record.scopes ?? tier?.scopes ?? [],
    collections: record.collections,
    per_minute: record.unitsPerMinute ?? tier?.unitsPerMinute ?? 0,
    per_day: record.unitsPerDay ?? tier?.unitsPerDay ?? 0,
    state: record.revokedAtMs !== null ? 'revoked' : isExpired ? 'expired' : 'active',
    last_four: record.lastFour,
    created: formatMillis(record.createdAtMs),
    expires: record.expiresAtMs === null ? null : formatMillis(record.expiresAtMs),
    networks: record.networks,
  }
}

function refuseBody(path: string, problem: string): never {
  return refuse({ kind: 'bad-body', problems: [{ path, problem }] })
}
