// Records to the server, however many requests that takes. Sending again is harmless: what is in
// already is recognised by its dates.
import { type AdminAnswer, type AdminBytes, parsedAnswer, problemOf } from '../admin-client.ts'
import { patiently } from '../patience.ts'
import { collectionPath, type ImportSummary, type RefusedObject } from '../resources.ts'
import type { Server } from './read-records.ts'

/** A record with its date, which is written in its line. */
export type DatedLine = { dateAdded: string; line: Buffer }

export type SentRecords =
  | { ok: true; added: number; alreadyThere: number; refused: RefusedObject[] }
  | { ok: false; problem: string }

/** What one request carries, unless the server takes less. */
export type Portion = { records: number; bytes: number }

export const PORTION: Portion = { records: 5_000, bytes: 4_000_000 }

const TOO_LARGE = 413

/** `after` is the date of the record before these. Refusals carry the place in `lines`. */
export async function sendRecords(
  server: Server,
  collectionId: string,
  lines: readonly DatedLine[],
  after: string | undefined,
): Promise<SentRecords> {
  if (lines.length === 0) return { ok: true, added: 0, alreadyThere: 0, refused: [] }
  const answer = await send(server, collectionId, lines, after)
  if (answer.kind === 'answer' && answer.status === TOO_LARGE && lines.length > 1) {
    return await sendHalves(server, collectionId, lines, after)
  }
  const parsed = parsedAnswer(answer)
  const summary = summaryOf(parsed, lines.length)
  if (summary === undefined) return { ok: false, problem: problemOf(server.client.url, parsed) }
  const { added, already_there: alreadyThere, refused } = summary
  return { ok: true, added, alreadyThere, refused }
}

async function send(
  { client, report }: Server,
  collectionId: string,
  lines: readonly DatedLine[],
  after: string | undefined,
): Promise<AdminBytes> {
  const query = after === undefined ? '' : `?${new URLSearchParams({ after })}`
  const path = `${collectionPath(collectionId)}records/${query}`
  const bytes = Buffer.concat(lines.flatMap(({ line }) => [line, LINE_BREAK]))
  return await patiently(client, report, { method: 'POST', path, bytes })
}

const LINE_BREAK = Buffer.from('\n')

async function sendHalves(
  server: Server,
  collectionId: string,
  lines: readonly DatedLine[],
  after: string | undefined,
): Promise<SentRecords> {
  const middle = Math.ceil(lines.length / 2)
  const first = await sendRecords(server, collectionId, lines.slice(0, middle), after)
  if (!first.ok) return first
  const reached = lines[middle - 1]?.dateAdded
  const second = await sendRecords(server, collectionId, lines.slice(middle), reached)
  if (!second.ok) return second
  const moved = second.refused.map((each) => ({ ...each, index: each.index + middle }))
  return {
    ok: true,
    added: first.added + second.added,
    alreadyThere: first.alreadyThere + second.alreadyThere,
    refused: [...first.refused, ...moved],
  }
}

/** Undefined unless the answer accounts for every record that was sent. */
function summaryOf(answer: AdminAnswer, count: number): ImportSummary | undefined {
  if (answer.kind !== 'answer' || answer.status !== 200) return undefined
  return answer.body.received === count ? (answer.body as ImportSummary) : undefined
}
