// A key from the operator's side: its Durable Object, which counts, and its entry in the list,
// which follows. The object is changed first, so a key is never weaker than the list says.
import { refuse } from '../failure.ts'
import type { AppContext } from '../http/context.ts'
import { type KeyRecord, keyRecordSchema } from '../keys/record.ts'
import { mintKeyId } from '../keys/token.ts'
import { type ApiKeyEntry, findApiKey, putApiKey } from '../store/api-keys.ts'
import { openWriter } from '../store/database.ts'
import { databasesOf } from '../store/databases.ts'
import { listEverywhere, onPrimary } from '../store/placed-collections.ts'
import { askKey } from './key-object.ts'
import { type IssuedKey, keyStateOf } from './key-resources.ts'

/** What a key is given; the rest of its record is made with it. */
export type Terms = Omit<KeyRecord, 'id' | 'createdAtMs' | 'revokedAtMs' | 'lastFour'>

export type KnownKey = { entry: ApiKeyEntry; record: KeyRecord }

/** Mints a token, makes its object, and puts the key on the list, in that order. */
export async function issueKey(c: AppContext, terms: Terms): Promise<IssuedKey> {
  const { config, tokens } = c.get('runtime')
  const { token, objectName, lastFour } = await tokens.mint(config.keys.prefix)
  const objectId = c.env.API_KEYS.idFromName(objectName).toString()
  const createdAtMs = Date.now()
  const record: KeyRecord = { ...terms, id: mintKeyId(), createdAtMs, revokedAtMs: null, lastFour }
  await askKey(c, objectId, 'create', (key) => key.create(record))
  const entry = { id: record.id, objectId, objectName, createdAtMs, record }
  await putApiKey(openWriter(c.env.DB), entry)
  return { ...keyStateOf(record, config.tiers, createdAtMs), key: token }
}

/** Refuses with 404, and with 503 when the key cannot be reached. */
export async function requireKey(c: AppContext): Promise<KnownKey> {
  const entry = await findApiKey(openWriter(c.env.DB), c.req.param('keyId') ?? '')
  if (entry === undefined) return refuse({ kind: 'not-found', what: 'key' })
  const record = await askKey(c, entry.objectId, 'show', (key) => key.show())
  if (record === null) return refuse({ kind: 'not-found', what: 'key' })
  return { entry, record }
}

/** Records what a change has made of a key; answers with it as it is shown. */
export async function noteKey(c: AppContext, entry: ApiKeyEntry, record: KeyRecord | null) {
  if (record === null) return refuse({ kind: 'not-found', what: 'key' })
  await putApiKey(openWriter(c.env.DB), { ...entry, record })
  return keyStateOf(record, c.get('runtime').config.tiers, Date.now())
}

/** The record as the list remembers it; undefined for an entry nothing can be made of. */
export function listedRecord(entry: ApiKeyEntry): KeyRecord | undefined {
  const parsed = keyRecordSchema.safeParse(entry.record)
  return parsed.success ? parsed.data : undefined
}

export function requireTier(c: AppContext, tier: string): string {
  const { tiers } = c.get('runtime').config
  if (Object.hasOwn(tiers, tier)) return tier
  return refuseBody('tier', `is not a configured tier (${Object.keys(tiers).join(', ')})`)
}

/** Ids of collections that are named by id or alias; null stays null: every collection. */
export async function requireCollectionIds(
  c: AppContext,
  names: string[] | null,
): Promise<string[] | null> {
  if (names === null) return null
  const all = await listEverywhere(databasesOf(c.env), onPrimary)
  return names.map((name) => {
    const found = all.find(({ id, alias }) => id === name || alias === name)
    return found?.id ?? refuseBody('collections', `${name} is not a collection`)
  })
}

function refuseBody(path: string, problem: string): never {
  return refuse({ kind: 'bad-body', problems: [{ path, problem }] })
}
