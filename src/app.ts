// The request path on one screen: the order of these lines is the order of the gates.
import { Hono } from 'hono'
import { adminOperations } from './admin/operations.ts'
import { operatorGate } from './admin/operator-gate.ts'
import { ConfigError } from './config/config.ts'
import { Refusal } from './failure.ts'
import type { AppContext, AppEnv } from './http/context.ts'
import { mount } from './http/mount.ts'
import type { Operation } from './http/operation.ts'
import { canonicalPath, isTaxiiPath } from './http/path.ts'
import { rateLimitHeaders } from './http/rate-limit-headers.ts'
import { type Rendering, renderFailure, renderingOf } from './http/render-failure.ts'
import { requestId } from './http/request-id.ts'
import { runtimeOf } from './http/runtime.ts'
import { serviceOperations } from './service/operations.ts'
import { taxiiOperations } from './taxii/operations.ts'

export const operations: readonly Operation[] = [
  ...taxiiOperations,
  ...adminOperations,
  ...serviceOperations(() => operations),
]

export const app = new Hono<AppEnv>({ getPath: canonicalPath })

app.use(requestId())
app.use(async function runtime(c, next) {
  c.set('runtime', runtimeOf(c.env))
  await next()
})
app.use(async function keyWindows(c, next) {
  await next()
  const { windows } = c.var
  if (windows === undefined) return
  for (const [name, value] of Object.entries(rateLimitHeaders(windows, Date.now()))) {
    c.header(name, value)
  }
})
mount(app, operations, operatorGate)
app.notFound((c) => render(c, new Refusal({ kind: 'not-found', what: 'path' })))
app.onError((error, c) => {
  if (error instanceof Refusal) return render(c, error)
  logFailure(c, error)
  return render(c, outageOf(error) ?? error)
})

const RETRY_AFTER_SECONDS = 10

/** A fault of what an answer needs, which passes, as opposed to one of ours. */
function outageOf(error: Error): Refusal | undefined {
  const part =
    error instanceof ConfigError ? 'configuration' : isOfDatabase(error) ? 'store' : undefined
  if (part === undefined) return undefined
  return new Refusal({ kind: 'unavailable', part, retryAfterSeconds: RETRY_AFTER_SECONDS })
}

/** D1 marks its errors so; drizzle wraps them. */
function isOfDatabase(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.message.startsWith('D1_') || isOfDatabase(error.cause)
}

function render(c: AppContext, error: Error): Response {
  const rendering: Rendering = renderingOf(error, {
    upgradeUrl: c.var.runtime?.config.upgradeUrl ?? '',
  })
  const isTaxii = isTaxiiPath(canonicalPath(c.req.raw))
  return renderFailure(rendering, { requestId: c.var.requestId, isTaxii })
}

/** The detail that a client never sees; it holds no header and no query, so no key. */
function logFailure(c: AppContext, error: Error): void {
  const path = canonicalPath(c.req.raw)
  console.error(
    JSON.stringify({ requestId: c.var.requestId, path, error: error.message, stack: error.stack }),
  )
}
