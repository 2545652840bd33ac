// Waiting for the Worker that was just deployed to be ready, and not the one before it: new versions
// and new names take a moment to be known everywhere.
import { setTimeout as sleep } from 'node:timers/promises'

export type Readiness = { isReady: true } | { isReady: false; found: string }

export type Waiting = {
  origin: string
  versionId: string
  waitMs: number
  pollMs: number
  fetch: typeof fetch
  interruption: AbortSignal
}

export const READY_PATH = '/health/ready'
export const VERSION_HEADER = 'X-Worker-Version'

const ANSWER_MS = 10_000

/** Asks until the answer is good or the time is over; what was found last is told. */
export async function waitUntilReady(waiting: Waiting): Promise<Readiness> {
  const endMs = Date.now() + waiting.waitMs
  for (;;) {
    const readiness = await askOnce(waiting)
    if (readiness.isReady || Date.now() >= endMs) return readiness
    await sleep(Math.min(waiting.pollMs, Math.max(0, endMs - Date.now())), undefined, {
      signal: waiting.interruption,
    })
  }
}

async function askOnce({ origin, versionId, fetch, interruption }: Waiting): Promise<Readiness> {
  const url = `${origin}${READY_PATH}`
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.any([interruption, AbortSignal.timeout(ANSWER_MS)]),
    })
    const text = await response.text()
    if (response.status !== 200) {
      return { isReady: false, found: `${url} answers HTTP ${response.status}: ${excerpt(text)}` }
    }
    const answering = response.headers.get(VERSION_HEADER)
    if (answering === versionId) return { isReady: true }
    return { isReady: false, found: `${url} is answered by version ${answering ?? 'unknown'}` }
  } catch (error) {
    interruption.throwIfAborted()
    return { isReady: false, found: `${url} cannot be reached: ${problemOf(error)}` }
  }
}

function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `no answer in ${ANSWER_MS / 1000} s`
  return error.cause instanceof Error ? error.cause.message : error.message
}

function excerpt(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
