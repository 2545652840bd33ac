// The import itself: one request is on its way while the next is cut out of the file.

import { CliFailure } from '../../failure.ts'
import type { Terminal } from '../../terminal.ts'
import type { AdminClient } from '../admin-client.ts'
import { type CollectionState, collectionPath, type RefusedObject } from '../resources.ts'
import { type Batch, type BatchBounds, type InputProblem, readBatches } from './batches.ts'
import { CheckpointFile, type Progress, type Tally } from './checkpoint.ts'
import { startProgressBar } from './progress-bar.ts'
import { Refusals } from './refusals.ts'
import { type Sender, type Sent, sendBatch } from './send-batch.ts'
import { DatedSender } from './send-dated.ts'
import { openSource, type Source } from './source.ts'

export type ImportOptions = {
  file: string
  /** Id or alias. */
  collection: string
  /** Where all refusals are written, one JSON object a line. */
  refusedFile?: string | undefined
  /** Begins at the start whatever an earlier run has done. */
  isRestart?: boolean
  /** Whether the file holds records with dates, which are kept. */
  hasDates?: boolean
  bounds?: BatchBounds
}

export type ImportResult = {
  collectionId: string
  tally: Tally
  reasons: RefusedObject[]
  /** Objects that an earlier run had dealt with. */
  resumedAfter: number
  seconds: number
  /** How far a date was moved at most; undefined without dates. */
  movedMs?: number
  /** Why the import did not come to the end of the file. */
  problem?: string
}

export async function importFile(
  client: AdminClient,
  terminal: Terminal,
  options: ImportOptions,
): Promise<ImportResult> {
  const source = await openSource(options.file, terminal.stdin)
  const collectionId = await requireCollection(client, options.collection)
  const run = new ImportRun(client, terminal, options, source, collectionId)
  return await run.finish()
}

async function requireCollection(client: AdminClient, idOrAlias: string): Promise<string> {
  const collection = await client.call<CollectionState>({ path: collectionPath(idOrAlias) })
  if (collection.view_of === null) return collection.id
  throw new CliFailure(`${idOrAlias} is a view; import into the collection it is a view of`)
}

class ImportRun {
  readonly #terminal: Terminal
  readonly #options: ImportOptions
  readonly #source: Source
  readonly #collectionId: string
  readonly #checkpoint: CheckpointFile | undefined
  readonly #earlier: Progress | undefined
  readonly #sender: Sender
  readonly #dated: DatedSender | undefined
  readonly #refusals: Refusals
  readonly #tally: Tally

  constructor(
    client: AdminClient,
    terminal: Terminal,
    options: ImportOptions,
    source: Source,
    collectionId: string,
  ) {
    const { identity } = source
    this.#terminal = terminal
    this.#options = options
    this.#source = source
    this.#collectionId = collectionId
    this.#checkpoint =
      identity && new CheckpointFile({ url: client.url, collectionId, identity }, terminal.env)
    const { isRestart, hasDates = false } = options
    this.#earlier = isRestart ? undefined : this.#checkpoint?.read({ hasDates })
    const sender = { client, collectionId, report: terminal.report }
    this.#dated = hasDates ? new DatedSender(sender, this.#earlier?.dating) : undefined
    this.#sender = sender
    this.#refusals = new Refusals(options.refusedFile, this.#earlier)
    this.#tally = this.#earlier?.tally ?? { received: 0, added: 0, alreadyThere: 0, refused: 0 }
  }

  async finish(): Promise<ImportResult> {
    const startedMs = performance.now()
    const resumedAfter = this.#tally.received
    if (this.#earlier !== undefined) {
      this.#terminal.report(
        `Going on after ${resumedAfter} objects that an earlier run imported (--restart begins anew)\n`,
      )
    }
    const bar = startProgressBar(this.#terminal, this.#source.identity?.bytes)
    const outcome = await this.#sendAll((objects) => bar.update(this.#source.bytesRead(), objects))
    bar.stop()
    if (outcome.isAtEnd) this.#checkpoint?.remove()
    if (this.#checkpoint?.problem !== undefined) {
      this.#terminal.report(`Progress could not be saved: ${this.#checkpoint.problem}\n`)
    }
    return {
      collectionId: this.#collectionId,
      tally: this.#tally,
      reasons: this.#refusals.reasons,
      resumedAfter,
      seconds: (performance.now() - startedMs) / 1000,
      ...(this.#dated !== undefined && { movedMs: this.#dated.dating.movedMs }),
      ...(outcome.problem !== undefined && { problem: outcome.problem }),
    }
  }

  async #sendAll(
    progressed: (objects: number) => void,
  ): Promise<{ isAtEnd: boolean; problem: InputProblem }> {
    const { resume } = this.#earlier ?? {}
    const batches = readBatches(
      this.#source.read(resume?.offset ?? 0),
      { position: this.#tally.received, ...(resume !== undefined && { resume }) },
      this.#options.bounds,
    )
    let sending: { batch: Batch; sent: Promise<Sent> } | undefined
    for (;;) {
      const next = await batches.next()
      if (sending !== undefined) {
        const sent = await sending.sent
        if (!sent.ok) return { isAtEnd: false, problem: this.#stopped(sent.problem) }
        this.#settle(sending.batch, sent)
        progressed(this.#tally.received)
      }
      if (next.done) {
        const { value: problem } = next
        return { isAtEnd: true, problem: problem && `${this.#source.name}: ${problem}` }
      }
      sending = { batch: next.value, sent: this.#send(next.value) }
    }
  }

  async #send(batch: Batch): Promise<Sent> {
    return await (this.#dated?.send(batch) ?? sendBatch(this.#sender, batch))
  }

  #settle(batch: Batch, sent: Extract<Sent, { ok: true }>): void {
    const refused = [
      ...batch.unsendable,
      ...sent.refused.map((each) => ({ ...each, index: batch.positions[each.index] ?? -1 })),
    ].sort((a, b) => a.index - b.index)
    this.#tally.received += batch.texts.length + batch.unsendable.length
    this.#tally.added += sent.added
    this.#tally.alreadyThere += sent.alreadyThere
    this.#tally.refused += refused.length
    this.#refusals.add(refused)
    this.#checkpoint?.write({
      resume: batch.resume,
      tally: this.#tally,
      reasons: this.#refusals.reasons,
      refusedFileBytes: this.#refusals.fileBytes,
      ...(this.#dated !== undefined && { dating: this.#dated.dating }),
    })
  }

  #stopped(problem: string): string {
    const canGoOn = this.#checkpoint !== undefined && this.#tally.received > 0
    return canGoOn ? `${problem}. Run the same command again to go on from here.` : problem
  }
}
