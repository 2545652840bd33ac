// The gate of the operator's API: an operator token, compared without a hint of how much is right.
import type { MiddlewareHandler } from 'hono'
import { refuse } from '../failure.ts'
import type { AppEnv } from '../http/context.ts'

/** Promises `operatorName`; refuses with 401. A TAXII key is never an operator token. */
export function authenticateOperator(): MiddlewareHandler<AppEnv> {
  return async function authenticateOperator(c, next) {
    const [, token] = /^Bearer\s+(\S+)$/i.exec(c.req.header('Authorization')?.trim() ?? '') ?? []
    if (token === undefined) {
      return refuse({ kind: 'bad-operator-token', problem: 'missing' })
    }
    const { adminToken } = c.var.runtime.config
    if (adminToken === '' || !(await isSameSecret(token, adminToken))) {
      return refuse({ kind: 'bad-operator-token', problem: 'invalid' })
    }
    c.set('operatorName', 'bootstrap')
    await next()
  }
}

/** Compares digests, so that neither length nor content shows in the time it takes. */
async function isSameSecret(a: string, b: string): Promise<boolean> {
  const [digestA, digestB] = await Promise.all([digest(a), digest(b)])
  return crypto.subtle.timingSafeEqual(digestA, digestB)
}

async function digest(text: string): Promise<ArrayBuffer> {
  return await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
}
