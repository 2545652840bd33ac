// The Worker's side of a key: one call to the key's Durable Object per request, under a deadline,
// closed when it fails. What was served waits in the isolate and travels with the key's next call.
import { withoutSecrets } from '../observe/secrets.ts'
import type { Admission, AdmitRequest, ApiKey } from './api-key.ts'
import { Expectations } from './expectations.ts'
import type { Grants } from './record.ts'
import { mergeReports, type ServedReport } from './usage.ts'

export type Unavailable = { admitted: false; reason: 'unavailable'; retryAfterSeconds: number }

export type KeyClient = {
  admit(objectName: string, request: AdmitRequest): Promise<Admission | Unavailable>
  /** What `admit` will probably grant, for whoever begins before it answers; undefined if unsure. */
  takeExpected(objectName: string, thousandths: number): Grants | undefined
  /** Keeps a report for the key's next call or flush, whichever comes first. */
  served(objectName: string, report: ServedReport): void
  /**
   * After `idleMs`, sends the reports that no call has carried by then; undefined when a flush is
   * already on its way. For `waitUntil`, after `served`.
   */
  flush(idleMs?: number): Promise<void> | undefined
}

const DEADLINE_MS = 5000
const RETRY_PAUSE_MS = 100
const RETRY_AFTER_SECONDS = 5
const IDLE_MS = 10_000
const PENDING_KEYS_MAX = 1000

export function createKeyClient(
  namespace: DurableObjectNamespace<ApiKey>,
  { deadlineMs = DEADLINE_MS } = {},
): KeyClient {
  const pending = new Map<string, ServedReport>()
  const expectations = new Expectations()
  let flushDueMs = 0

  /** Beyond its bound it forgets the report that has waited longest. */
  function served(objectName: string, report: ServedReport): void {
    const waiting = take(objectName)
    pending.set(objectName, waiting === undefined ? report : mergeReports(waiting, report))
    if (pending.size <= PENDING_KEYS_MAX) return
    const [oldest] = pending.keys()
    if (oldest !== undefined) pending.delete(oldest)
  }

  function take(objectName: string): ServedReport | undefined {
    const report = pending.get(objectName)
    pending.delete(objectName)
    return report
  }

  async function flushAfter(idleMs: number): Promise<void> {
    await pause(idleMs)
    flushDueMs = 0
    const reports = [...pending]
    pending.clear()
    await Promise.all(
      reports.map(async ([objectName, report]) => {
        try {
          await withDeadline(namespace.getByName(objectName).report(report), deadlineMs)
        } catch (error) {
          served(objectName, report)
          logFailure('report', objectName, error)
        }
      }),
    )
  }

  return {
    async admit(objectName, request) {
      const report = take(objectName)
      const carrying = report === undefined ? request : { ...request, served: report }
      const call = async (): Promise<Admission> =>
        await namespace.getByName(objectName).admit(carrying)
      try {
        const admission = await withDeadline(withRetry(call), deadlineMs)
        expectations.note(objectName, admission, Date.now())
        return admission
      } catch (error) {
        expectations.note(objectName, undefined, Date.now())
        if (report !== undefined) served(objectName, report)
        logFailure('admit', objectName, error)
        return { admitted: false, reason: 'unavailable', retryAfterSeconds: RETRY_AFTER_SECONDS }
      }
    },

    takeExpected: (objectName, thousandths) =>
      expectations.take(objectName, thousandths, Date.now()),

    served,

    flush(idleMs = IDLE_MS) {
      if (Date.now() < flushDueMs) return undefined
      flushDueMs = Date.now() + idleMs
      return flushAfter(idleMs)
    },
  }
}

/**
 * Any other call to a key's object, in the manner of `admit`. It must be one that may arrive twice.
 * What it could not do is logged.
 */
export async function callKey<Answer>(
  name: string,
  objectName: string,
  call: () => Promise<Answer>,
): Promise<{ answer: Answer } | Unavailable> {
  try {
    return { answer: await withDeadline(withRetry(call), DEADLINE_MS) }
  } catch (error) {
    logFailure(name, objectName, error)
    return { admitted: false, reason: 'unavailable', retryAfterSeconds: RETRY_AFTER_SECONDS }
  }
}

/**
 * Once more after a transient failure, never into an overload. Should the first attempt have
 * arrived after all, the request is charged twice, which is better than refusing it.
 */
async function withRetry<T>(attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt()
  } catch (error) {
    if (!isTransient(error)) throw error
    await pause(RETRY_PAUSE_MS)
    return await attempt()
  }
}

/** The platform marks its errors with these properties, and thus those of a broken connection. */
function isTransient(error: unknown): boolean {
  const { retryable, overloaded } = error as { retryable?: boolean; overloaded?: boolean }
  return retryable === true && overloaded !== true
}

async function withDeadline<T>(call: Promise<T>, deadlineMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${deadlineMs} ms`)), deadlineMs)
  })
  try {
    return await Promise.race([call, deadline])
  } finally {
    clearTimeout(timer)
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** An object's name does not lead back to its token. */
function logFailure(call: string, objectName: string, error: unknown): void {
  const message = withoutSecrets(error instanceof Error ? error.message : String(error))
  console.error(JSON.stringify({ event: 'key unreachable', call, objectName, error: message }))
}
