// Usage of a key: what it asked for and was served, why it was refused, and how far behind the head
// of each collection it is.
import * as z from 'zod'
import { refuse } from '../failure.ts'
import type { AppContext } from '../http/context.ts'
import type { CollectionRead, UsagePeriod } from '../keys/usage.ts'
import { formatMillis } from '../stix/timestamp.ts'
import { type Databases, databasesOf } from '../store/databases.ts'
import { OBJECTS_BEHIND_MAX, readLag } from '../store/lag.ts'
import { onPrimary, searchPlaces } from '../store/placed-collections.ts'
import { askKey } from './key-object.ts'
import { requireKey } from './key-store.ts'
import { keyPathParameters } from './keys.ts'
import { adminOperation, answerJson } from './operation.ts'

const period = z.object({
  start: z.string(),
  requests: z.int(),
  units: z.number(),
  objects: z.int(),
  bytes: z.int(),
  refused: z.record(z.string(), z.int()),
})

const keyUsage = z
  .object({
    id: z.string(),
    last_used: z.string().nullable(),
    /** Per minute for the last hour, oldest first; idle minutes are left out. */
    minutes: z.array(period),
    /** Per day for the last 90 days. */
    days: z.array(period),
    reads: z.array(
      z.object({
        collection: z.uuid(),
        /** `date_added` of the last object this key was given. */
        position: z.string(),
        at: z.string(),
        objects_behind: z.int(),
        /** Whether counting stopped at `objects_behind`. */
        or_more: z.boolean(),
        seconds_behind: z.number(),
      }),
    ),
  })
  .meta({ id: 'KeyUsage' })

export const showUsage = adminOperation({
  operationId: 'showKeyUsage',
  method: 'GET',
  path: '/admin/keys/{keyId}/usage/',
  summary: 'Show the usage of an API key',
  description: 'Figures of answers may be some seconds old; counts of requests are current.',
  pathParameters: keyPathParameters,
  success: { status: 200, description: 'The usage', schema: keyUsage },
  refusals: [404, 503],
  handle: answerUsage,
})

async function answerUsage(c: AppContext): Promise<Response> {
  const { entry } = await requireKey(c)
  const usage = await askKey(c, entry.objectId, 'usage', (key) => key.usage())
  if (usage === null) return refuse({ kind: 'not-found', what: 'key' })
  const databases = databasesOf(c.env)
  const reads = await Promise.all(usage.reads.map((read) => readState(databases, read)))
  return answerJson({
    id: entry.id,
    last_used: usage.lastUsedAtMs === null ? null : formatMillis(usage.lastUsedAtMs),
    minutes: usage.minutes.map(periodState),
    days: usage.days.map(periodState),
    reads: reads.flat(),
  })
}

function periodState(each: UsagePeriod): z.infer<typeof period> {
  return {
    start: formatMillis(each.startMs),
    requests: each.requests,
    units: each.thousandths / 1000,
    objects: each.objects,
    bytes: each.bytes,
    refused: each.refused,
  }
}

async function readState(databases: Databases, read: CollectionRead) {
  const located = await searchPlaces(databases, read.collectionId, (database) =>
    readLag(onPrimary(database), read.collectionId, read.positionMs),
  )
  if (located === undefined) return []
  const lag = located.found
  const behindMs = lag.objectsBehind === 0 ? 0 : Math.max(0, lag.headMs - read.positionMs)
  return [
    {
      collection: read.collectionId,
      position: formatMillis(read.positionMs),
      at: formatMillis(read.atMs),
      objects_behind: lag.objectsBehind,
      or_more: lag.objectsBehind >= OBJECTS_BEHIND_MAX,
      seconds_behind: behindMs / 1000,
    },
  ]
}
