// Batches of records with dates to the server, each going on where the one before it ended.
import { formatMillis } from '../../../src/stix/timestamp.ts'
import { sendRecords } from '../records/send-records.ts'
import type { Batch } from './batches.ts'
import { type Dating, dateRecords, NOTHING_DATED } from './dating.ts'
import type { Sender, Sent } from './send-batch.ts'

export class DatedSender {
  readonly #sender: Sender
  #dating: Dating

  /** `dating` is how far an earlier run came. */
  constructor(sender: Sender, dating: Dating = NOTHING_DATED) {
    this.#sender = sender
    this.#dating = dating
  }

  /** Of everything that was acknowledged. */
  get dating(): Dating {
    return this.#dating
  }

  async send({ texts, positions }: Batch): Promise<Sent> {
    const { ms } = this.#dating
    const dated = dateRecords(texts, this.#dating)
    if ('problem' in dated) {
      return { ok: false, problem: `record ${(positions[dated.index] ?? 0) + 1}: ${dated.problem}` }
    }
    const { collectionId } = this.#sender
    const after = ms === 0 ? undefined : formatMillis(ms)
    const sent = await sendRecords(this.#sender, collectionId, dated.lines, after)
    if (!sent.ok) return sent
    this.#dating = dated.after
    const refused = [
      ...dated.refused.map((each) => ({ ...each, id: '', version: null })),
      ...sent.refused.map((each) => ({ ...each, index: dated.places[each.index] ?? -1 })),
    ]
    return { ...sent, refused: refused.sort((a, b) => a.index - b.index) }
  }
}
