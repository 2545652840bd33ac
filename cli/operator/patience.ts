// A request that is tried again while the server is busy or away, with longer and longer pauses. Only
// for requests that may be repeated without harm.
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type AdminBytes,
  type AdminClient,
  type AdminRequest,
  parsedAnswer,
  problemOf,
} from './admin-client.ts'

/** Waits between tries; after the last the answer is what it is. */
const PAUSES_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000]
const RETRY_AFTER_MS_MAX = 60_000
const RETRIED_STATUSES = new Set([429, 502, 503, 504])

/** `report` is told before each wait. */
export async function patiently(
  client: AdminClient,
  report: (text: string) => void,
  request: AdminRequest,
): Promise<AdminBytes> {
  for (const pauseMs of PAUSES_MS) {
    const answer = await client.receive(request)
    if (answer.kind === 'answer' && !RETRIED_STATUSES.has(answer.status)) return answer
    const waitMs = Math.max(pauseMs, retryAfterMs(answer))
    const problem = problemOf(client.url, parsedAnswer(answer))
    report(`${problem}; trying again in ${waitMs / 1000} s\n`)
    await sleep(waitMs)
  }
  return await client.receive(request)
}

function retryAfterMs(answer: AdminBytes): number {
  if (answer.kind === 'unreachable') return 0
  const seconds = Number(answer.headers.get('Retry-After') ?? 0)
  return Number.isFinite(seconds) ? Math.min(seconds * 1000, RETRY_AFTER_MS_MAX) : 0
}
