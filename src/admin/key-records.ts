// Keys as a backup takes them along: the whole record, and the name of its object, by which it can
// be made again in another place. Tokens are not among it; under the same KEY_SECRET they lead to
// the same name.
import * as z from 'zod'
import type { AppContext } from '../http/context.ts'
import { keyRecordSchema } from '../keys/record.ts'
import { findApiKey, listApiKeys, putApiKey } from '../store/api-keys.ts'
import { openWriter } from '../store/database.ts'
import { askKey } from './key-object.ts'
import { listedRecord } from './key-store.ts'
import { adminOperation, answerJson, readJsonBody } from './operation.ts'
import { after, limit, pageOf } from './paging.ts'

const KEYS_A_REQUEST_MAX = 100

const backedUpKey = z
  .strictObject({
    record: keyRecordSchema,
    object_name: z.string().regex(/^[0-9a-f]{40}$/, { message: 'is not the name of an object' }),
  })
  .meta({ id: 'BackedUpKey' })

type BackedUpKey = z.infer<typeof backedUpKey>

const keyRestore = z
  .strictObject({ keys: z.array(backedUpKey).min(1).max(KEYS_A_REQUEST_MAX) })
  .meta({ id: 'KeyRestore' })

const keyRestoreSummary = z
  .object({
    restored: z.int(),
    /** Their objects held them already; what they hold was left as it is. */
    already_there: z.int(),
    refused: z.array(z.object({ id: z.string(), message: z.string() })),
  })
  .meta({ id: 'KeyRestoreSummary' })

export const keyRecordOperations = [
  adminOperation({
    operationId: 'exportKeys',
    method: 'GET',
    path: '/admin/key-records/',
    summary: 'Export the records of all keys',
    description:
      'Newest first, without tokens. `object_name` is null for keys of a release that did not note it: these cannot be brought to another place.',
    query: { limit, after },
    success: {
      status: 200,
      description: 'A page of keys; `next` is the `after` of the following page',
      schema: z.object({
        keys: z.array(z.object({ record: keyRecordSchema, object_name: z.string().nullable() })),
        /** Ids of keys whose entry in the list nothing can be made of. */
        unreadable: z.array(z.string()),
        next: z.string().optional(),
      }),
    },
    refusals: [400],
    handle: exportKeys,
  }),
  adminOperation({
    operationId: 'restoreKeys',
    method: 'POST',
    path: '/admin/key-records/',
    summary: 'Bring keys back',
    description:
      'Keys as exported. Their tokens work if KEY_SECRET is the same. A key that is there already stays as it is.',
    body: { schema: keyRestore, contentTypes: ['application/json'] },
    success: { status: 200, description: 'What became of the keys', schema: keyRestoreSummary },
    refusals: [400, 503],
    handle: restoreKeys,
  }),
]

async function exportKeys(c: AppContext): Promise<Response> {
  const session = openWriter(c.env.DB)
  const { limit: asked, after: afterId } = pageOf(c)
  const before = afterId === undefined ? undefined : await findApiKey(session, afterId)
  const entries = await listApiKeys(session, { limit: asked + 1, before })
  const shown = entries.slice(0, asked)
  const keys = shown.flatMap((entry) => {
    const record = listedRecord(entry)
    return record === undefined ? [] : [{ record, object_name: entry.objectName }]
  })
  const unreadable = shown.filter((entry) => listedRecord(entry) === undefined)
  const next = entries.length > asked ? shown.at(-1)?.id : undefined
  return answerJson({
    keys,
    unreadable: unreadable.map(({ id }) => id),
    ...(next === undefined ? {} : { next }),
  })
}

async function restoreKeys(c: AppContext): Promise<Response> {
  const { keys } = await readJsonBody(c, keyRestore)
  const summary: z.infer<typeof keyRestoreSummary> = { restored: 0, already_there: 0, refused: [] }
  for (const key of keys) {
    const { created, problem } = await restoreKey(c, key)
    if (problem !== undefined) summary.refused.push({ id: key.record.id, message: problem })
    else if (created) summary.restored += 1
    else summary.already_there += 1
  }
  const { refused, ...counts } = summary
  c.set('audited', { subject: '', detail: { ...counts, refused: refused.length } })
  return answerJson(summary)
}

type RestoredKey = { created: boolean; problem?: string }

/** The object first, then the list: as when a key is made. */
async function restoreKey(c: AppContext, key: BackedUpKey): Promise<RestoredKey> {
  const { record, object_name: objectName } = key
  const session = openWriter(c.env.DB)
  const objectId = c.env.API_KEYS.idFromName(objectName).toString()
  const listed = await findApiKey(session, record.id)
  if (listed !== undefined && listed.objectId !== objectId) {
    return { created: false, problem: 'another key has this id' }
  }
  const { created } = await askKey(c, objectId, 'create', (held) => held.create(record))
  const held = created ? record : await askKey(c, objectId, 'show', (found) => found.show())
  if (held?.id !== record.id) {
    return { created: false, problem: 'its object holds another key' }
  }
  const entry = { id: held.id, objectId, objectName }
  await putApiKey(session, { ...entry, createdAtMs: held.createdAtMs, record: held })
  return { created }
}
