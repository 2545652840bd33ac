// Around every request: counts it for this isolate and, for whoever wants it, tells what it was and
// what it took. With the log off and nobody else asking, counting is all there is.
import type { MiddlewareHandler } from 'hono'
import type { Config } from '../config/config.ts'
import { clientNameOf } from '../observe/client-name.ts'
import { writeDataPoint } from '../observe/data-point.ts'
import { notingDatabaseWork } from '../observe/database-calls.ts'
import { noDatabaseWork } from '../observe/database-work.ts'
import { isolate } from '../observe/isolate.ts'
import type { RequestFacts, RequestTrace } from '../observe/request-facts.ts'
import { serverTimingOf } from '../observe/server-timing.ts'
import type { AppContext, AppEnv } from './context.ts'
import { type Runtime, runtimeOf } from './runtime.ts'
import { SizedResponse } from './sized-response.ts'

/** A client that sends this with the value 1 is told where the time went. */
const TIMING_WANTED = 'X-Server-Timing'

export function observeRequests(): MiddlewareHandler<AppEnv> {
  return async function observeRequests(c, next) {
    const { analytics, requestLog } = observersOf(c.env)
    const startedAtMs = Date.now()
    const wantsTiming = c.req.header(TIMING_WANTED) === '1'
    if (requestLog === 'off' && analytics === undefined && !wantsTiming) {
      await next()
      return count(c, Date.now() - startedAtMs)
    }
    const trace = { startedAtMs, admittedAtMs: undefined, database: noDatabaseWork() }
    c.set('trace', trace)
    await notingDatabaseWork(trace.database, next)
    const totalMs = Date.now() - startedAtMs
    count(c, totalMs)
    const wantsLine = isLogged(requestLog, c.res.status)
    if (!wantsLine && analytics === undefined && !wantsTiming) return
    const facts = factsOf(c, trace, totalMs)
    if (wantsLine) console.log(JSON.stringify(facts))
    if (analytics !== undefined) writeDataPoint(analytics, facts)
    if (wantsTiming) c.res.headers.set('Server-Timing', serverTimingOf(facts))
  }
}

type Observers = { requestLog: Config['requestLog'] } & Pick<Runtime, 'analytics'>

/** Where the configuration is refused, so is every request, and each is told of. */
function observersOf(env: Env): Observers {
  try {
    const { analytics, config } = runtimeOf(env)
    return { analytics, requestLog: config.requestLog }
  } catch {
    // Whoever needs the runtime next meets the same failure, which becomes the answer.
    return { analytics: undefined, requestLog: 'failures' }
  }
}

function isLogged(log: Config['requestLog'], status: number): boolean {
  return log === 'all' || (log === 'failures' && status >= 400)
}

function count(c: AppContext, totalMs: number): void {
  isolate().count({
    operation: c.get('route')?.operation,
    status: c.res.status,
    errorCode: c.get('errorCode'),
    pageSource: pageSourceOf(c),
    totalMs,
  })
}

/** `none`: a page that no cache was asked for, such as the empty one at the head. */
function pageSourceOf(c: AppContext): string | undefined {
  return c.get('pageSource') ?? (c.get('served') === undefined ? undefined : 'none')
}

function factsOf(
  c: AppContext,
  { startedAtMs, admittedAtMs, database }: RequestTrace,
  totalMs: number,
): RequestFacts {
  const route = c.get('route')
  const isAdmitted = c.get('grants') !== undefined
  // Who was not let in spent all the time at the gate.
  const gateMs = admittedAtMs === undefined ? totalMs : admittedAtMs - startedAtMs
  const { cf } = c.req.raw as Request<unknown, IncomingRequestCfProperties>
  return {
    event: 'request',
    time: new Date(startedAtMs).toISOString(),
    requestId: c.get('requestId'),
    keyId: c.get('keyId'),
    operator: c.get('operatorName'),
    operation: route?.operation,
    route: route?.path,
    method: c.req.method,
    status: c.res.status,
    errorCode: c.get('errorCode'),
    weight: isAdmitted ? route?.units(c.get('runtime').config) : undefined,
    objects: c.get('served')?.objects ?? c.get('received'),
    bytes: bytesOf(c),
    pageSource: pageSourceOf(c),
    d1Ms: database.milliseconds,
    d1Queries: database.queries,
    d1RowsRead: database.rowsRead || undefined,
    d1RowsWritten: database.rowsWritten || undefined,
    admissionMs: route?.isGated === true ? gateMs : undefined,
    totalMs,
    colo: cf?.colo,
    client: clientNameOf(c.req.header('User-Agent')),
  }
}

function bytesOf({ req, res }: AppContext): number | undefined {
  if (req.method === 'HEAD') return 0
  return res instanceof SizedResponse ? res.bodyBytes : undefined
}
