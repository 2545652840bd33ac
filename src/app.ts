// The request path on one screen: the order of these lines is the order of the gates.
import { Hono } from 'hono'
import { adminOperations } from './admin/operations.ts'
import { operatorGate } from './admin/operator-gate.ts'
import { ConfigError } from './config/config.ts'
import { Refusal } from './failure.ts'
import type { AppContext, AppEnv } from './http/context.ts'
import { mount } from './http/mount.ts'
import { observeRequests } from './http/observe-requests.ts'
import type { Operation } from './http/operation.ts'
import { canonicalPath, isTaxiiPath } from './http/path.ts'
import { rateLimitHeaders } from './http/rate-limit-headers.ts'
import { type Rendering, renderFailure, renderingOf } from './http/render-failure.ts'
import { requestId } from './http/request-id.ts'
import { runtimeOf } from './http/runtime.ts'
import { faultTextOf } from './observe/fault.ts'
import { serviceOperations } from './service/operations.ts'
import { SearchUnfinished } from './store/merge-ranges.ts'
import { taxiiOperations } from './taxii/operations.ts'

export const operations: readonly Operation[] = [
  ...taxiiOperations,
  ...adminOperations,
  ...serviceOperations(() => operations),
]

export const app = new Hono<AppEnv>({ getPath: canonicalPath })

app.use(requestId())
app.use(observeRequests())
app.use(async function runtime(c, next) {
  c.set('runtime', runtimeOf(c.env))
  await next()
})
app.use(async function keyWindows(c, next) {
  await next()
  const windows = c.get('windows')
  if (windows === undefined) return
  // On the answer itself: the framework's own way would make a new one for every header.
  const { headers } = c.res
  for (const [name, value] of Object.entries(rateLimitHeaders(windows, Date.now()))) {
    headers.set(name, value)
  }
})
mount(app, operations, operatorGate)
app.notFound((c) => render(c, new Refusal({ kind: 'not-found', what: 'path' })))
app.onError((error, c) => {
  if (error instanceof Refusal) return render(c, error)
  if (error instanceof SearchUnfinished) {
    return render(c, new Refusal({ kind: 'search-unfinished', retryAfterSeconds: 1 }))
  }
  logFault(c, error)
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
    upgradeUrl: c.get('runtime')?.config.upgradeUrl ?? '',
  })
  c.set('errorCode', rendering.code)
  const isTaxii = isTaxiiPath(canonicalPath(c.req.raw))
  return renderFailure(rendering, { requestId: c.get('requestId'), isTaxii })
}

/** The detail that a client never sees. A path may hold a key, so only its pattern is told. */
function logFault(c: AppContext, error: Error): void {
  const { operation, path } = c.get('route') ?? {}
  const requestId = c.get('requestId')
  console.error(
    JSON.stringify({ event: 'fault', requestId, operation, route: path, ...faultTextOf(error) }),
  )
}
