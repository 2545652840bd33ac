// What an operator's tools ask first: is the service whole, whose token is this, what time is it.
import * as z from 'zod'
import { RELEASE } from '../config/release.ts'
import type { AppContext } from '../http/context.ts'
import { publicOrigin } from '../http/public-origin.ts'
import { formatMillis } from '../stix/timestamp.ts'
import { measureDatabase } from '../store/collections.ts'
import { type CollectionDatabase, databasesOf } from '../store/databases.ts'
import { onPrimary } from '../store/placed-collections.ts'
import { adminOperation, answerJson } from './operation.ts'

const database = z.object({
  name: z.string(),
  collections: z.int(),
  bytes: z.int(),
  /** How long it took to answer. */
  milliseconds: z.number(),
})

const health = z
  .object({
    /** Of the Worker that answers. */
    release: z.string(),
    operator: z.string(),
    time: z.string(),
    origin: z.string(),
    tiers: z.array(z.string()),
    max_content_length: z.int(),
    /** Tells servers apart whose keys would not work on one another. */
    key_secret_fingerprint: z.string(),
    /** The home database first. */
    databases: z.array(database),
  })
  .meta({ id: 'OperatorHealth' })

export const showHealth = adminOperation({
  operationId: 'showHealth',
  method: 'GET',
  path: '/admin/health/',
  summary: 'Check the service and the token',
  description:
    'The release that answers, whose token this is, the time here, the configured tiers, and every database at work.',
  success: { status: 200, description: 'As it stands', schema: health },
  refusals: [],
  handle: answerHealth,
})

async function answerHealth(c: AppContext): Promise<Response> {
  const { config, tokens } = c.get('runtime')
  const databases = await Promise.all(databasesOf(c.env).all.map(stateOf))
  const body: z.infer<typeof health> = {
    release: RELEASE,
    operator: c.get('operatorName'),
    time: formatMillis(Date.now()),
    origin: publicOrigin(config.publicOrigin, c.req.url),
    tiers: Object.keys(config.tiers),
    max_content_length: config.maxContentLength,
    key_secret_fingerprint: await tokens.fingerprint(),
    databases,
  }
  return answerJson(body)
}

async function stateOf(each: CollectionDatabase): Promise<z.infer<typeof database>> {
  const startedAtMs = Date.now()
  const size = await measureDatabase(onPrimary(each))
  return { name: each.name, ...size, milliseconds: Date.now() - startedAtMs }
}
