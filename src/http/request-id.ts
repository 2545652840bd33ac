// An id for every request: on the answer, in errors and in log lines. A client's own is kept when
// it is short and plain.
import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './context.ts'

const CLIENT_ID = /^[\w\-=.]{1,128}$/

export function requestId(): MiddlewareHandler<AppEnv> {
  return async function requestId(c, next) {
    const given = c.req.header('X-Request-Id')
    const id = given !== undefined && CLIENT_ID.test(given) ? given : newRequestId()
    c.set('requestId', id)
    await next()
    c.header('X-Request-Id', id)
  }
}

function newRequestId(): string {
  return `req_${crypto.randomUUID().replaceAll('-', '')}`
}
