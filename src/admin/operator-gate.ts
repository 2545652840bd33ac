// The gate of the operator's API: an operator token, and a line in the audit log for every change.
import type { MiddlewareHandler } from 'hono'
import { refuse } from '../failure.ts'
import type { AppContext, AppEnv } from '../http/context.ts'
import type { Operation } from '../http/operation.ts'
import { addAuditLine } from '../store/audit-log.ts'
import { openWriter } from '../store/database.ts'
import { findOperatorToken } from '../store/operator-tokens.ts'
import { digestOf, isSameSecret } from './operator-token.ts'

/** The name under which the environment's own token acts. */
const BOOTSTRAP = 'bootstrap'

/** Promises `operatorName`; refuses with 401. A TAXII key is never an operator token. */
export function operatorGate(operation: Operation): MiddlewareHandler<AppEnv> {
  return async function operatorGate(c, next) {
    c.set('operatorName', await requireOperator(c))
    await next()
    // A handler that refuses throws, and is no change.
    if (operation.method !== 'GET' && c.error === undefined) await writeAuditLine(c, operation)
  }
}

async function requireOperator(c: AppContext): Promise<string> {
  const [, token] = /^Bearer\s+(\S+)$/i.exec(c.req.header('Authorization')?.trim() ?? '') ?? []
  if (token === undefined) return refuse({ kind: 'bad-operator-token', problem: 'missing' })
  const { adminToken, keys } = c.get('runtime').config
  if (adminToken !== '' && (await isSameSecret(token, adminToken))) return BOOTSTRAP
  const digest = await digestOf(keys.secret, token)
  const known = await findOperatorToken(openWriter(c.env.DB), digest)
  return known?.name ?? refuse({ kind: 'bad-operator-token', problem: 'invalid' })
}

async function writeAuditLine(c: AppContext, { operationId }: Operation): Promise<void> {
  const { subject = '', detail = {} } = c.get('audited') ?? {}
  await addAuditLine(openWriter(c.env.DB), {
    atMs: Date.now(),
    operator: c.get('operatorName'),
    action: operationId,
    subject,
    detail,
  })
}
