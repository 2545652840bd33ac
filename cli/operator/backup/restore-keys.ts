// The keys of a backup onto the server. Those whose object has no known name cannot be brought back.
import type { AdminClient } from '../admin-client.ts'
import type { KeyLine } from './format.ts'

export type RestoredKeys = {
  restored: number
  already_there: number
  refused: { id: string; message: string }[]
  without_object_name: string[]
}

type Summary = Pick<RestoredKeys, 'restored' | 'already_there' | 'refused'>

/** A request takes so many keys, and 100,000 bytes: a key may be bound to a thousand collections. */
const KEYS_A_REQUEST = 100
const BYTES_A_REQUEST = 90_000

export class KeyRestore {
  readonly #client: AdminClient
  readonly result: RestoredKeys = {
    ...{ restored: 0, already_there: 0 },
    ...{ refused: [], without_object_name: [] },
  }
  #waiting: string[] = []
  #waitingChars = 0

  constructor(client: AdminClient) {
    this.#client = client
  }

  async add(lines: readonly Buffer[]): Promise<void> {
    for (const line of lines) {
      const text = line.toString('utf8')
      const { record, object_name } = JSON.parse(text) as KeyLine
      if (object_name === null) this.result.without_object_name.push(record.id)
      else await this.#wait(text)
    }
  }

  async finish(): Promise<void> {
    if (this.#waiting.length === 0) return
    const bytes = Buffer.from(`{"keys":[${this.#waiting.join(',')}]}`)
    this.#waiting = []
    this.#waitingChars = 0
    const request = { method: 'POST' as const, path: '/admin/key-records/', bytes }
    const summary = await this.#client.call<Summary>(request)
    this.result.restored += summary.restored
    this.result.already_there += summary.already_there
    this.result.refused.push(...summary.refused)
  }

  async #wait(text: string): Promise<void> {
    const chars = this.#waitingChars + text.length
    // A character may take three bytes.
    const isFull = this.#waiting.length >= KEYS_A_REQUEST || chars * 3 > BYTES_A_REQUEST
    if (isFull) await this.finish()
    this.#waiting.push(text)
    this.#waitingChars += text.length
  }
}
