// An id for every request: on the answer, in errors and in log lines. A client's own is kept when
// it is short and plain, and nothing that could be a credential.
import type { MiddlewareHandler } from 'hono'
import { mayHoldSecret } from '../observe/secrets.ts'
import type { AppEnv } from './context.ts'

const CLIENT_ID = /^[\w\-=.]{1,128}$/

export function requestId(): MiddlewareHandler<AppEnv> {
  return async function requestId(c, next) {
    const given = c.req.header('X-Request-Id')
    const id = given !== undefined && isFit(given) ? given : newRequestId()
    c.set('requestId', id)
    await next()
    c.res.headers.set('X-Request-Id', id)
  }
}

function isFit(id: string): boolean {
  return CLIENT_ID.test(id) && !mayHoldSecret(id)
}

function newRequestId(): string {
  return `req_${crypto.randomUUID().replaceAll('-', '')}`
}
