// What writers were told is stored, and when each of them began: the truth that readers are held to.

export type Written = {
  id: string
  /** Greater is later, whatever order versions arrive in. */
  version: string
  startedMs: number
  /** undefined until the server has acknowledged it. */
  endedMs: number | undefined
}

export class Ledger {
  readonly #written = new Map<string, Written>()
  writersLeft: number

  constructor(writers: number) {
    this.writersLeft = writers
  }

  /** Notes what is about to be sent; a version that several send counts from its first sending. */
  begin(objects: { id: string; modified: string }[]): void {
    const startedMs = Date.now()
    for (const { id, modified } of objects) {
      const name = nameOf(id, modified)
      if (this.#written.has(name)) continue
      this.#written.set(name, { id, version: modified, startedMs, endedMs: undefined })
    }
  }

  acknowledge(objects: { id: string; modified: string }[]): void {
    const endedMs = Date.now()
    for (const { id, modified } of objects) {
      const written = this.#written.get(nameOf(id, modified))
      if (written !== undefined) written.endedMs ??= endedMs
    }
  }

  all(): Written[] {
    return [...this.#written.values()]
  }

  /** Versions that follow this one. */
  after({ id, version }: Pick<Written, 'id' | 'version'>): Written[] {
    return this.all().filter((each) => each.id === id && each.version > version)
  }
}

export function nameOf(id: string, version: string): string {
  return `${id} ${version}`
}
