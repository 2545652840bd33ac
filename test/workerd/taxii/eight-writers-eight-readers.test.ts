// Eight writers and eight readers at once on one collection and its view. What every writer was told
// is stored must reach every reader, in order, whichever way it walks; and everybody must end.
import { describe, expect, it } from 'vitest'
import { ask, ROOT, TAXII } from '../../support/http.ts'
import { indicator } from '../../support/stix.ts'
import {
  createCollection,
  createReader,
  createWriter,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'

const WRITERS = 8
const BATCHES = 5
const BATCH = 25
const EVERY_VERSION = 'match[version]=all'

type Seen = { name: string; dates: string[]; versions: Set<string> }
type Following = { by: 'next' | 'header'; digits: 3 | 6; limit: number }

const readers: Following[] = [
  { by: 'next', digits: 6, limit: 1 },
  { by: 'next', digits: 6, limit: 7 },
  { by: 'next', digits: 6, limit: 100 },
  { by: 'next', digits: 6, limit: 1000 },
  { by: 'header', digits: 6, limit: 7 },
  { by: 'header', digits: 6, limit: 1000 },
  { by: 'header', digits: 3, limit: 1 },
  { by: 'header', digits: 3, limit: 100 },
]

function nameOf({ by, digits, limit }: Following): string {
  return `by ${by}${digits === 3 ? ' cut to milliseconds' : ''}, ${limit} a page`
}

/** Adds objects, new versions in any order and copies; notes what the server acknowledged. */
async function write(
  collection: TestCollection,
  key: string,
  acknowledged: Set<string>,
  id: number,
) {
  const known: ReturnType<typeof indicator>[] = []
  for (let batch = 0; batch < BATCHES; batch++) {
    const fresh = Array.from({ length: BATCH - 5 }, () => indicator())
    const again = known.slice(-5).map((object, i) => {
      const modified = `2025-01-${String(1 + ((batch * 7 + i) % 28)).padStart(2, '0')}T00:00:00.000Z`
      return i === 0 ? object : { ...object, modified }
    })
    const objects = [...fresh, ...again]
    if (id % 2 === 0) await importObjects(collection, objects)
    else {
      const { status } = await ask(`${ROOT}/collections/${collection.id}/objects/`, {
        method: 'POST',
        key,
        headers: { 'Content-Type': TAXII },
        body: JSON.stringify({ objects }),
      })
      expect(status).toBe(202)
    }
    for (const { id: stixId, modified } of objects) acknowledged.add(`${stixId} ${modified}`)
    known.push(...fresh)
  }
}

/** Reads until the writers are done and a page is empty, or only repeats what was seen. */
async function read(
  path: string,
  key: string,
  how: Following,
  isDone: () => boolean,
): Promise<Seen> {
  const seen: Seen = { name: nameOf(how), dates: [], versions: new Set() }
  const start = `?${EVERY_VERSION}&limit=${how.limit}`
  let query = start
  for (let requests = 0; requests < 20_000; requests++) {
    const wasDone = isDone()
    const { status, headers, json } = await ask(path + query, { key })
    expect(status).toBe(200)
    const before = seen.versions.size
    for (const { id, modified } of json.objects) seen.versions.add(`${id} ${modified}`)
    const last = headers.get('X-TAXII-Date-Added-Last')
    if (json.objects.length > 0) seen.dates.push(last ?? '')
    else expect(json.more).toBe(false)
    expect(json.more).toBe(json.next !== undefined)
    if (wasDone && !json.more && seen.versions.size === before) return seen
    if (how.by === 'next' && json.more) query = `?next=${json.next}`
    else if (last !== null) query = `${start}&added_after=${cut(last, how.digits)}`
  }
  throw new Error(`${seen.name} does not come to an end`)
}

function cut(date: string, digits: 3 | 6): string {
  return `${date.slice(0, 'YYYY-MM-DDTHH:MM:SS.'.length + digits)}Z`
}

describe('with eight writers and eight readers', () => {
  it('nobody misses a version, and everybody comes to an end', async () => {
    const collection = await createCollection()
    const view = await createCollection({ view: { of: collection.id, types: ['indicator'] } })
    const limits = { per_minute: 1_000_000, per_day: 1_000_000 }
    const writer = await createWriter(limits)
    const reader = await createReader(limits)
    const acknowledged = new Set<string>()
    let isDone = false
    const writing = Promise.all(
      Array.from({ length: WRITERS }, (_, id) => write(collection, writer, acknowledged, id)),
    ).then(() => {
      isDone = true
    })
    const reading = readers.map((how, i) => {
      const path = `${ROOT}/collections/${i % 2 === 0 ? collection.id : view.id}/objects/`
      return read(path, reader, how, () => isDone)
    })
    await writing
    for (const seen of await Promise.all(reading)) {
      const missed = [...acknowledged].filter((version) => !seen.versions.has(version))
      expect(missed, seen.name).toEqual([])
      expect(seen.versions.size, seen.name).toBe(acknowledged.size)
      expect(seen.dates, seen.name).toEqual(seen.dates.toSorted())
      for (const date of seen.dates) expect(date).toMatch(/\.\d{3}000Z$/)
    }
    expect(acknowledged.size).toBeGreaterThan(WRITERS * BATCHES * (BATCH - 5) - 1)
  }, 120_000)
})
