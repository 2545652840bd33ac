// The records of a collection or view as the server has them, page by page, as bytes. The next page
// is asked for while one is dealt with.

import { CliFailure } from '../../failure.ts'
import { type AdminBytes, type AdminClient, parsedAnswer, problemOf } from '../admin-client.ts'
import { LINE_BREAK } from '../backup/format.ts'
import { patiently } from '../patience.ts'
import { collectionPath } from '../resources.ts'

export type Server = {
  client: AdminClient
  /** Told before each wait. */
  report: (text: string) => void
}

/** `lines` are whole lines with their breaks; `count` says how many. */
export type RecordPage = { lines: Buffer; count: number }

export type RecordRange = { after?: string | undefined; through?: string | undefined }

const RECORDS_A_PAGE = 5_000

export async function* readRecords(
  server: Server,
  collectionId: string,
  { after, through }: RecordRange = {},
  limit = RECORDS_A_PAGE,
): AsyncGenerator<RecordPage> {
  let asked: Promise<Page> | undefined = ask(server, collectionId, { after, through }, limit)
  while (asked !== undefined) {
    const { more, last, ...page }: Page = await asked
    asked = more ? ask(server, collectionId, { after: last, through }, limit) : undefined
    // Whoever takes the pages may stop before this one is waited for.
    asked?.catch(() => {})
    yield page
  }
}

type Page = RecordPage & { more: boolean; last: string | undefined }

async function ask(
  { client, report }: Server,
  collectionId: string,
  { after, through }: RecordRange,
  limit: number,
): Promise<Page> {
  const query = new URLSearchParams({
    limit: String(limit),
    ...(after !== undefined && { after }),
    ...(through !== undefined && { through }),
  })
  const path = `${collectionPath(collectionId)}records/?${query}`
  const answer = await patiently(client, report, { path })
  const page = pageOf(answer)
  if (page !== undefined) return page
  throw new CliFailure(problemOf(client.url, parsedAnswer(answer)))
}

/** Undefined unless the answer is whole: its last line says how many came before. */
function pageOf(answer: AdminBytes): Page | undefined {
  if (answer.kind === 'unreachable' || answer.status !== 200) return undefined
  const { bytes } = answer
  const start = bytes.lastIndexOf(LINE_BREAK, bytes.length - 2) + 1
  const end = pageEndOf(bytes.toString('utf8', start))
  const lines = bytes.subarray(0, start)
  if (end === undefined || end.records !== countLines(lines)) return undefined
  return { lines, count: end.records, more: end.more, last: end.last ?? undefined }
}

type PageEnd = { records: number; more: boolean; last: string | null }

function pageEndOf(line: string): PageEnd | undefined {
  try {
    return (JSON.parse(line) as { page?: PageEnd }).page
  } catch {
    return undefined
  }
}

function countLines(lines: Buffer): number {
  let count = 0
  for (let at = lines.indexOf(LINE_BREAK); at >= 0; at = lines.indexOf(LINE_BREAK, at + 1)) count++
  return count
}
