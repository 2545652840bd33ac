// One batch to the server, however many requests that takes. Sending again is harmless: what the
// server has is "already there".
import { type AdminAnswer, type AdminClient, parsedAnswer, problemOf } from '../admin-client.ts'
import { patiently } from '../patience.ts'
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
  return parsedAnswer(await patiently(client, report, { method: 'POST', path, bytes }))
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
