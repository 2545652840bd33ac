// The audit log: who changed what, and when.
import * as z from 'zod'
import { refuse } from '../failure.ts'
import type { AppContext } from '../http/context.ts'
import { formatMillis } from '../stix/timestamp.ts'
import { listAuditLines } from '../store/audit-log.ts'
import { openWriter } from '../store/database.ts'
import { adminOperation, answerJson } from './operation.ts'
import { after, limit, pageOf } from './paging.ts'

const auditLine = z
  .object({
    id: z.int(),
    at: z.string(),
    operator: z.string(),
    /** The operation's id in this document. */
    action: z.string(),
    subject: z.string(),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditLine' })

export const listAudit = adminOperation({
  operationId: 'listAuditLog',
  method: 'GET',
  path: '/admin/audit/',
  summary: 'Read the audit log',
  description: 'Every change made through this API, newest first.',
  query: { limit, after },
  success: {
    status: 200,
    description: 'A page of lines; `next` is the `after` of the following page',
    schema: z.object({ lines: z.array(auditLine), next: z.string().optional() }),
  },
  refusals: [400],
  handle: answerAudit,
})

async function answerAudit(c: AppContext): Promise<Response> {
  const { limit: asked, after: afterText } = pageOf(c)
  const beforeId = afterText === undefined ? undefined : Number(afterText)
  if (beforeId !== undefined && !Number.isSafeInteger(beforeId)) {
    refuse({ kind: 'bad-parameter', name: 'after', problem: 'is not the next of a page' })
  }
  const lines = await listAuditLines(openWriter(c.env.DB), { limit: asked + 1, beforeId })
  const shown = lines.slice(0, asked)
  const next = lines.length > asked ? shown.at(-1)?.id : undefined
  return answerJson({
    lines: shown.map(({ atMs, ...line }) => ({ ...line, at: formatMillis(atMs) })),
    ...(next === undefined ? {} : { next: String(next) }),
  })
}
