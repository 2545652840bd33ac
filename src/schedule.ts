// Housekeeping by the clock: what is past its time goes, a bounded portion at each run.
import { expireAuditLines } from './store/audit-log.ts'
import { openWriter } from './store/database.ts'
import { finishRemovals } from './store/remove-collection.ts'
import { expireStatuses } from './store/statuses.ts'

/** Changes stay readable for a little over a year. */
const AUDIT_KEPT_MS = 400 * 86_400_000
const ROWS_A_RUN = 5_000
const PORTIONS_A_RUN = 50

export async function keepHouse(database: D1Database, nowMs: number): Promise<void> {
  const session = openWriter(database)
  const done = {
    statuses: await expireStatuses(session, nowMs, ROWS_A_RUN),
    auditLines: await expireAuditLines(session, nowMs - AUDIT_KEPT_MS, ROWS_A_RUN),
    areRemovalsFinished: await finishRemovals(session, PORTIONS_A_RUN),
  }
  console.log(JSON.stringify({ event: 'housekeeping', ...done }))
}
