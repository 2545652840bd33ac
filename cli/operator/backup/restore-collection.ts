// One collection or view of a backup onto the server: made if it is not there, its records in
// requests of bounded size, and the end of it.
import { CliFailure } from '../../failure.ts'
import type { Server } from '../records/read-records.ts'
import { type DatedLine, type Portion, sendRecords } from '../records/send-records.ts'
import { type CollectionState, collectionPath, type RefusedObject } from '../resources.ts'
import { lastDateOf } from './examine.ts'
import { dateOfRecord } from './format.ts'
import { nameOf, type PlannedCollection } from './restore-plan.ts'

/** So many reasons are told of a collection. */
const REASONS_KEPT_MAX = 100

export type RestoredCollection = {
  id: string
  alias: string | null
  /** In the backup. */
  records: number
  added: number
  already_there: number
  refused: number
  /** The first of them; `index` is the place among the records of the backup. */
  reasons: RefusedObject[]
  /** It had been restored before and has been written to since: nothing was done. */
  is_left_alone: boolean
}

export class CollectionRestore {
  readonly #server: Server
  readonly #plan: PlannedCollection
  readonly #portion: Portion
  readonly result: RestoredCollection
  #waiting: DatedLine[] = []
  #waitingBytes = 0
  #reached: string | undefined
  /** Records of the file that were passed: the place of the first that waits. */
  #passed = 0

  constructor(server: Server, plan: PlannedCollection, portion: Portion) {
    const { state, end } = plan.contents
    this.#server = server
    this.#plan = plan
    this.#portion = portion
    this.result = {
      id: state.id,
      alias: state.alias,
      records: end.records,
      ...{ added: 0, already_there: 0, refused: 0, reasons: [] },
      is_left_alone: plan.action === 'leave',
    }
  }

  async begin(): Promise<void> {
    if (this.#plan.action !== 'create') return
    const { contents, database } = this.#plan
    const json = { ...definitionOf(contents.state), ...(database !== undefined && { database }) }
    await this.#server.client.call({ method: 'POST', path: '/admin/collections/', json })
  }

  async add(lines: readonly Buffer[]): Promise<void> {
    const { action, known } = this.#plan
    if (action === 'leave') return
    const reached = known?.last_added ?? null
    for (const line of lines) {
      const dateAdded = dateOfRecord(line)
      if (reached !== null && dateAdded <= reached) this.#pass(dateAdded)
      else await this.#wait({ dateAdded, line })
    }
  }

  async finish(): Promise<void> {
    if (this.#plan.action === 'leave') return
    await this.#send()
    const { id } = this.result
    await this.#server.client.call({
      method: 'POST',
      path: `${collectionPath(id)}records/finish/`,
      json: { after: this.#reached ?? null, last_added: lastDateOf(this.#plan.contents) },
    })
  }

  /** Opens it for those who may write, and for retention: the last thing of a restore. */
  async open(): Promise<void> {
    const { action, contents, known } = this.#plan
    const { id, view_of, can_write, retention_days } = contents.state
    if (action === 'leave' || view_of !== null) return
    // What an operator has opened since is not closed again.
    const json = {
      ...(can_write && known?.can_write !== true && { can_write }),
      ...(retention_days !== null &&
        (known?.retention_days ?? null) === null && { retention_days }),
    }
    if (Object.keys(json).length === 0) return
    await this.#server.client.call({ method: 'PATCH', path: collectionPath(id), json })
  }

  #pass(dateAdded: string): void {
    this.#reached = dateAdded
    this.#passed += 1
    this.result.already_there += 1
  }

  async #wait(dated: DatedLine): Promise<void> {
    const bytes = this.#waitingBytes + dated.line.length + 1
    const isFull = this.#waiting.length >= this.#portion.records || bytes > this.#portion.bytes
    if (this.#waiting.length > 0 && isFull) await this.#send()
    this.#waiting.push(dated)
    this.#waitingBytes += dated.line.length + 1
  }

  async #send(): Promise<void> {
    const last = this.#waiting.at(-1)
    if (last === undefined) return
    const { id } = this.result
    const sent = await sendRecords(this.#server, id, this.#waiting, this.#reached)
    if (!sent.ok) {
      const name = nameOf(this.#plan.contents.state)
      throw new CliFailure(
        `${name}: ${sent.problem}. Run the same command again to go on from here.`,
      )
    }
    this.result.added += sent.added
    this.result.already_there += sent.alreadyThere
    this.result.refused += sent.refused.length
    for (const each of sent.refused.slice(0, REASONS_KEPT_MAX - this.result.reasons.length)) {
      this.result.reasons.push({ ...each, index: this.#passed + each.index })
    }
    this.#passed += this.#waiting.length
    this.#reached = last.dateAdded
    this.#waiting = []
    this.#waitingBytes = 0
  }
}

/** Nobody writes to it until it is whole. */
function definitionOf(state: CollectionState): Record<string, unknown> {
  const { id, alias, title, description, can_read, created, media_types, view_of, selects } = state
  return {
    ...{ id, title, can_read, created },
    ...(alias !== null && { alias }),
    ...(description !== null && { description }),
    ...(view_of === null
      ? { media_types }
      : { view: { of: view_of, ...selectionOf(selects ?? []), fill: false } }),
  }
}

/** The lists that a view selects, as they are asked for. */
function selectionOf(selects: readonly string[]): { types: string[]; subtypes: string[] } {
  const named = (kind: string) =>
    selects.filter((list) => list.startsWith(kind)).map((list) => list.slice(kind.length))
  return { types: named('type:'), subtypes: named('match:') }
}
