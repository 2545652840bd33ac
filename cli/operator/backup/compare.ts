// The server against a backup: every record, to the byte and to the millisecond, and how the
// collections are described. What was added since is not held against it.

import { type RecordPage, readRecords, type Server } from '../records/read-records.ts'
import { type CollectionState, collectionPath } from '../resources.ts'
import { readBackup } from './backup-reader.ts'
import { dateOfRecord, LINE_BREAK } from './format.ts'
import { nameOf } from './restore-plan.ts'

export type Comparison = {
  records: number
  /** What is other than in the file, in words; the first of each collection. */
  differences: string[]
}

/** `compared` is told how many records more were looked at. */
export async function compareBackup(
  server: Server,
  file: string,
  compared: (records: number) => void = () => {},
): Promise<Comparison> {
  const comparison: Comparison = { records: 0, differences: [] }
  let lines: LineStream | undefined
  for await (const event of readBackup(file)) {
    if (event.kind === 'begin') {
      const { begin } = event
      lines = undefined
      if (begin.begin === 'keys') continue
      comparison.differences.push(...(await compareState(server, begin.collection)))
      lines = await LineStream.open(server, begin.collection)
    } else if (event.kind === 'records' && lines !== undefined) {
      for (const line of event.lines) await lines.expect(line)
      comparison.records += event.lines.length
      compared(event.lines.length)
    } else if (event.kind === 'end' && lines !== undefined) {
      await lines.expectEnd()
      if (lines.difference !== undefined) comparison.differences.push(lines.difference)
    }
  }
  return comparison
}

const COMPARED = [
  ...['alias', 'title', 'description', 'can_read', 'can_write', 'media_types'],
  ...['view_of', 'selects', 'retention_days', 'created'],
] as (keyof CollectionState)[]

async function compareState(server: Server, state: CollectionState): Promise<string[]> {
  const answer = await server.client.send({ path: collectionPath(state.id) })
  if (answer.kind !== 'answer' || answer.status !== 200) {
    return [`${nameOf(state)}: is not on the server`]
  }
  const found = answer.body as CollectionState
  const other = COMPARED.filter(
    (name) => JSON.stringify(found[name]) !== JSON.stringify(state[name]),
  )
  const isBehind = state.last_added !== null && (found.last_added ?? '') < state.last_added
  return [
    ...other.map((name) => `${nameOf(state)}: its ${name} is another`),
    ...(isBehind
      ? [`${nameOf(state)}: its sequence has fallen back behind ${state.last_added}`]
      : []),
  ]
}

/** The server's lines, one at a time, up to the end of what the file can have. */
class LineStream {
  readonly #name: string
  readonly #pages: AsyncGenerator<RecordPage>
  #page: Buffer = Buffer.alloc(0)
  #at = 0
  difference: string | undefined

  private constructor(name: string, pages: AsyncGenerator<RecordPage>) {
    this.#name = name
    this.#pages = pages
  }

  static async open(server: Server, { id, last_added, ...named }: CollectionState) {
    const answer = await server.client.send({ path: collectionPath(id) })
    const isThere = answer.kind === 'answer' && answer.status === 200 && last_added !== null
    const none = (async function* (): AsyncGenerator<RecordPage> {})()
    const pages = isThere ? readRecords(server, id, { through: last_added }) : none
    return new LineStream(nameOf(named), pages)
  }

  async expect(line: Buffer): Promise<void> {
    if (this.difference !== undefined) return
    const found = await this.#next()
    if (found?.equals(line)) return
    const date = dateOfRecord(line)
    if (found === undefined || dateOfRecord(found) > date)
      this.#differ(`lacks the record of ${date}`)
    else if (dateOfRecord(found) === date) this.#differ(`has another record at ${date}`)
    else this.#differ(`has a record more, of ${dateOfRecord(found)}`)
  }

  async expectEnd(): Promise<void> {
    if (this.difference !== undefined) return
    const found = await this.#next()
    if (found !== undefined) this.#differ(`has a record more, of ${dateOfRecord(found)}`)
  }

  #differ(what: string): void {
    this.difference = `${this.#name}: ${what}`
  }

  async #next(): Promise<Buffer | undefined> {
    while (this.#at >= this.#page.length) {
      const next = await this.#pages.next()
      if (next.done) return undefined
      this.#page = next.value.lines
      this.#at = 0
    }
    const end = this.#page.indexOf(LINE_BREAK, this.#at)
    const line = this.#page.subarray(this.#at, end)
    this.#at = end + 1
    return line
  }
}
