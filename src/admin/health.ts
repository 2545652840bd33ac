// What an operator's tools ask first: is the service whole, whose token is this, what time is it.
import * as z from 'zod'
import type { AppContext } from '../http/context.ts'
import { publicOrigin } from '../http/public-origin.ts'
import { formatMillis } from '../stix/timestamp.ts'
import { pingDatabase } from '../store/collections.ts'
import { openWriter } from '../store/database.ts'
import { adminOperation, answerJson } from './operation.ts'

const health = z
  .object({
    operator: z.string(),
    time: z.string(),
    origin: z.string(),
    tiers: z.array(z.string()),
    max_content_length: z.int(),
    store: z.object({ milliseconds: z.number() }),
  })
  .meta({ id: 'OperatorHealth' })

export const showHealth = adminOperation({
  operationId: 'showHealth',
  method: 'GET',
  path: '/admin/health/',
  summary: 'Check the service and the token',
  description: 'Whose token this is, the time here, the configured tiers, and the store at work.',
  success: { status: 200, description: 'As it stands', schema: health },
  refusals: [],
  handle: answerHealth,
})

async function answerHealth(c: AppContext): Promise<Response> {
  const { config } = c.var.runtime
  const startedAtMs = Date.now()
  await pingDatabase(openWriter(c.env.DB))
  const nowMs = Date.now()
  const body: z.infer<typeof health> = {
    operator: c.var.operatorName,
    time: formatMillis(nowMs),
    origin: publicOrigin(config.publicOrigin, c.req.url),
    tiers: Object.keys(config.tiers),
    max_content_length: config.maxContentLength,
    store: { milliseconds: nowMs - startedAtMs },
  }
  return answerJson(body)
}
