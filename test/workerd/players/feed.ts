// A feed that lives for some days: objects come, get new versions and are deleted between the polls
// of a client. It knows what the server holds, since it is the only one who writes.
import { env } from 'cloudflare:workers'
import { ask, ORIGIN, ROOT } from '../../support/http.ts'
import { identity, indicator, observable, stixId } from '../../support/stix.ts'
import {
  createCollection,
  createWriter,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'
import { randomBelow } from '../laws/scale.ts'

export type Fields = Record<string, unknown> & { id: string; type: string; modified?: string }

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

let count = 0

export class Feed {
  readonly collection: TestCollection & { title: string }
  readonly key: string
  /** What the server holds: the current version of each object, in the order of their dates. */
  readonly held = new Map<string, Fields>()
  readonly below: (max: number) => number
  #day = 0

  constructor(collection: TestCollection & { title: string }, key: string, seed: number) {
    this.collection = collection
    this.key = key
    this.below = randomBelow(seed)
  }

  static async open(seed: number): Promise<Feed> {
    count++
    const title = `Feed ${count}`
    const collection = await createCollection({ title, alias: `feed-${count}` })
    const key = await createWriter({ per_minute: 1_000_000, per_day: 1_000_000_000 })
    return new Feed({ ...collection, title }, key, seed)
  }

  /** The clock that server and client share: each day begins a day after the one before it. */
  get nowMs(): number {
    return Date.now() + this.#day * DAY_MS
  }

  get root(): string {
    return `${ORIGIN}${ROOT}/`
  }

  get url(): string {
    return `${this.root}collections/${this.collection.id}/`
  }

  /** What is added from now on is of the next day. */
  nextDay(): void {
    this.#day++
  }

  async change(): Promise<void> {
    const many = this.below(4) === 0 ? 120 : this.below(25)
    await this.add([...this.make(many), ...this.makeVersions()])
    for (const id of [...this.held.keys()]) {
      if (this.below(15) === 0) await this.remove(id)
    }
  }

  make(many: number): Fields[] {
    return Array.from({ length: many }, () => this.#made())
  }

  /** New versions of some of what is held. */
  makeVersions(): Fields[] {
    return [...this.held.values()]
      .filter(({ modified }) => modified !== undefined && this.below(6) === 0)
      .map((each) => ({
        ...each,
        modified: this.#later(each.modified),
        confidence: this.below(100),
      }))
  }

  async add(objects: Fields[]): Promise<void> {
    if (objects.length === 0) return
    await this.#setClock()
    const { json } = await importObjects(this.collection, objects)
    if (json.added !== objects.length) throw new Error(JSON.stringify(json))
    this.note(objects)
  }

  /** These are on the server now. */
  note(objects: Fields[]): void {
    for (const each of objects) {
      this.held.delete(each.id)
      this.held.set(each.id, each)
    }
  }

  async remove(id: string): Promise<void> {
    const path = `${ROOT}/collections/${this.collection.id}/objects/${id}/`
    const { status } = await ask(path, { method: 'DELETE', key: this.key })
    if (status !== 200) throw new Error(`${id} is not deleted: ${status}`)
    this.held.delete(id)
  }

  /** Dates follow the clock of the feed, which may be days ahead of the server's own. */
  async #setClock(): Promise<void> {
    await env.DB.prepare(
      'UPDATE collections SET last_added_ms = max(last_added_ms, ?1) WHERE id = ?2',
    )
      .bind(this.nowMs - 1, this.collection.id)
      .run()
  }

  #made(): Fields {
    const modified = new Date(this.nowMs - this.below(72) * HOUR_MS).toISOString()
    const times = { created: modified, modified }
    const kinds: (() => Fields)[] = [
      () => indicator(times),
      () => indicator({ ...times, pattern: "[domain-name:value = 'c2.example']" }),
      () => identity(times),
      () => observable('ipv4-addr', `198.51.100.${this.below(256)}`),
      () => ({ ...identity(times), id: stixId('malware'), type: 'malware', is_family: true }),
    ]
    const make = kinds[this.below(3) === 0 ? this.below(kinds.length) : 0] ?? indicator
    return make()
  }

  /** Later than the version before, and not of the future. */
  #later(modified = ''): string {
    const floorMs = Date.parse(modified)
    return new Date(floorMs + 1 + this.below(Math.max(1, this.nowMs - floorMs - 1))).toISOString()
  }
}
