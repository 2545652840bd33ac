// A feed that lives for some days while clients poll it: every day brings new objects, new versions
// and deletions. It knows what the server holds at any time.
import { ask, ROOT, TAXII } from '../../support/http.ts'
import { indicator } from '../../support/stix.ts'
import {
  createCollection,
  createReader,
  createWriter,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'

type Held = ReturnType<typeof indicator>

export type Feed = {
  collection: TestCollection
  key: string
  writer: string
  /** Current objects: id → modified. */
  held: Map<string, string>
  deleted: Set<string>
  day: () => Promise<void>
}

const FRESH_A_DAY = 23
const CHANGED_A_DAY = 6
const DELETED_A_DAY = 3

export async function createFeed(): Promise<Feed> {
  const collection = await createCollection()
  const limits = { per_minute: 1_000_000, per_day: 1_000_000 }
  const key = await createReader(limits)
  const writer = await createWriter(limits)
  const objects = new Map<string, Held>()
  const deleted = new Set<string>()
  const held = new Map<string, string>()
  let days = 0

  async function day(): Promise<void> {
    days++
    const fresh = Array.from({ length: FRESH_A_DAY }, () => indicator())
    const modified = `2024-06-${String(days).padStart(2, '0')}T12:00:00.000Z`
    const changed = [...objects.values()]
      .filter((_, place) => place % 5 === days % 5)
      .slice(0, CHANGED_A_DAY)
      .map((object) => ({ ...object, modified }))
    await importObjects(collection, [...fresh, ...changed])
    for (const object of [...fresh, ...changed]) objects.set(object.id, object)
    const ended = [...objects.keys()].filter((_, place) => place % 11 === 3).slice(0, DELETED_A_DAY)
    for (const id of days > 1 ? ended : []) {
      const path = `${ROOT}/collections/${collection.id}/objects/${id}/`
      await ask(path, { method: 'DELETE', key: writer, headers: { Accept: TAXII } })
      objects.delete(id)
      deleted.add(id)
    }
    held.clear()
    for (const { id, modified: version } of objects.values()) held.set(id, version)
  }

  return { collection, key, writer, held, deleted, day }
}

/** What a client has taken in: id → modified; a later version replaces an earlier one. */
export class Store {
  readonly objects = new Map<string, string>()

  take(objects: { id: string; modified: string }[]): void {
    for (const { id, modified } of objects) {
      const known = this.objects.get(id)
      if (known === undefined || known < modified) this.objects.set(id, modified)
    }
  }

  /** What is left when the objects are taken away that nobody told this client were deleted. */
  without(deleted: Set<string>): Map<string, string> {
    return new Map([...this.objects].filter(([id]) => !deleted.has(id)))
  }
}
