// A memory with a byte budget and a time limit, which forgets what was used longest ago.

type Entry<Value> = { value: Value; bytes: number; expiresAtMs: number }

export class ByteLru<Value> {
  readonly #entries = new Map<string, Entry<Value>>()
  readonly #bytesMax: number
  #bytes = 0
  #evictions = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get bytes(): number {
    return this.#bytes
  }

  get entries(): number {
    return this.#entries.size
  }

  /** How many were forgotten to make room; neither those that grew old nor those that were dropped. */
  get evictions(): number {
    return this.#evictions
  }

  get(key: string, nowMs: number): Value | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#entries.delete(key)
    if (entry.expiresAtMs <= nowMs) {
      this.#bytes -= entry.bytes
      return undefined
    }
    // Put back at the end: a Map keeps the order of insertion.
    this.#entries.set(key, entry)
    return entry.value
  }

  set(key: string, value: Value, { bytes, expiresAtMs }: Omit<Entry<Value>, 'value'>): void {
    this.delete(key)
    if (bytes > this.#bytesMax) return
    this.#entries.set(key, { value, bytes, expiresAtMs })
    this.#bytes += bytes
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#bytesMax) break
      this.delete(oldest)
      this.#evictions++
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#bytes -= entry.bytes
    this.#entries.delete(key)
  }

  deletePrefix(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.delete(key)
  }
}
