// One batch to the server, however many requests that takes. Sending again is harmless: what the
// server has is "already there".
import { setTimeout as sleep } from 'node:timers/promises'
import { type AdminAnswer, type AdminClient, problemOf } from '../admin-client.ts'
import { collectionPath, type ImportSummary, type RefusedObject } from '../resources.ts'
import { type Batch, envelopeOf } from './batches.ts'

export type Sent =
  | { ok: true; added: number; alreadyThere: number; refused: RefusedObject[] }
  | { ok: false; problem: string }

export type Sender = {
  client: AdminClient
  collectionId: string
  /** Told before each wait. */
  report: (text: string) => void
}

/** Waits between tries of one request; after the last the import stops. */
const PAUSES_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000]
const RETRY_AFTER_MS_MAX = 60_000
const RETRIED_STATUSES = new Set([429, 502, 503, 504])
const TOO_LARGE = 413

/** Refusals carry the place in `texts`. A body that the server finds too large is halved. */
export async function sendBatch(
  sender: Sender,
  { texts, body }: Pick<Batch, 'texts' | 'body'>,
): Promise<Sent> {
  if (texts.length === 0) return { ok: true, added: 0, alreadyThere: 0, refused: [] }
  const answer = await sendPatiently(sender, body)
  if (answer.kind === 'answer' && answer.status === TOO_LARGE && texts.length > 1) {
    return sendHalves(sender, texts)
  }
  const problem = problemOf(sender.client.url, answer)
  if (answer.kind === 'answer' && answer.status === TOO_LARGE) {
    return { ok: true, added: 0, alreadyThere: 0, refused: [refusedAlone(problem)] }
  }
  const summary = answer.kind === 'answer' ? summaryOf(answer, texts.length) : undefined
  if (summary === undefined) return { ok: false, problem }
  const { added, already_there: alreadyThere, refused } = summary
  return { ok: true, added, alreadyThere, refused }
}

async function sendPatiently(
  { client, collectionId, report }: Sender,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<AdminAnswer> {
  const path = `${collectionPath(collectionId)}import/`
  for (const pauseMs of PAUSES_MS) {
    const answer = await client.send({ method: 'POST', path, bytes })
    if (answer.kind === 'answer' && !RETRIED_STATUSES.has(answer.status)) return answer
    const waitMs = Math.max(pauseMs, retryAfterMs(answer))
    report(`${problemOf(client.url, answer)}; trying again in ${waitMs / 1000} s\n`)
    await sleep(waitMs)
  }
  return client.send({ method: 'POST', path, bytes })
}

function retryAfterMs(answer: AdminAnswer): number {
  if (answer.kind === 'unreachable') return 0
  const seconds = Number(answer.headers.get('Retry-After') ?? 0)
  return Number.isFinite(seconds) ? Math.min(seconds * 1000, RETRY_AFTER_MS_MAX) : 0
}

async function sendHalves(sender: Sender, texts: readonly string[]): Promise<Sent> {
  const middle = Math.ceil(texts.length / 2)
  const first = await sendBatch(sender, bodied(texts.slice(0, middle)))
  if (!first.ok) return first
  const second = await sendBatch(sender, bodied(texts.slice(middle)))
  if (!second.ok) return second
  const moved = second.refused.map((each) => ({ ...each, index: each.index + middle }))
  return {
    ok: true,
    added: first.added + second.added,
    alreadyThere: first.alreadyThere + second.alreadyThere,
    refused: [...first.refused, ...moved],
  }
}

function bodied(texts: string[]): Pick<Batch, 'texts' | 'body'> {
  return { texts, body: envelopeOf(texts) }
}

function refusedAlone(message: string): RefusedObject {
  return { index: 0, id: '', version: null, message }
}

/** Undefined unless the answer accounts for every object that was sent. */
function summaryOf(
  { status, body }: Extract<AdminAnswer, { kind: 'answer' }>,
  count: number,
): ImportSummary | undefined {
  return status === 200 && body.received === count ? (body as ImportSummary) : undefined
}
