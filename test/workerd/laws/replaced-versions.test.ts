// A page that another isolate has kept shows a version that has been replaced since. Whoever reads on
// from it, in whichever way, still gets every object as it is now.
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { PAGE_MS_MAX } from '../../../src/cache/stored-page.ts'
import { type Answer, ask, ROOT } from '../../support/http.ts'
import { indicator } from '../../support/stix.ts'
import { lastDateOf } from '../../support/walk.ts'
import { createCollection, createReader, importObjects } from '../../support/world.ts'
import { type Asker, askerIn } from './asker.ts'

const LATER = '2024-07-01T10:00:00.000Z'
const PAGES_MAX = 10

/** Ways to go on from a page. */
const WAYS: Record<string, (answer: Answer) => string> = {
  next: ({ json }) => `next=${json.next}`,
  'the date header': (answer) => `limit=2&added_after=${lastDateOf(answer)}`,
}

let key: string

beforeAll(async () => {
  key = await createReader({ per_minute: 1_000_000 })
})

afterEach(() => {
  vi.useRealTimers()
})

type Seen = { id: string; modified: string }

/** Pages are kept compressed, once they have been asked for twice. */
async function readAll(path: string, from: Asker, goOn: (answer: Answer) => string) {
  const pages: Seen[][] = []
  let query: string | undefined = 'limit=2'
  while (query !== undefined) {
    if (pages.length === PAGES_MAX) throw new Error(`no end after ${PAGES_MAX} pages`)
    const answer = await from(`${path}?${query}`, { key, headers: { 'Accept-Encoding': 'gzip' } })
    expect(answer.status).toBe(200)
    pages.push(answer.json.objects.map(({ id, modified }: Seen) => ({ id, modified })))
    query = answer.json.more ? goOn(answer) : undefined
  }
  return pages
}

describe.each(Object.entries(WAYS))('a reader that goes on by %s', (_, goOn) => {
  it('D32: gets a replaced version from a page kept elsewhere, and loses nothing by it', async () => {
    const collection = await createCollection()
    const path = `${ROOT}/collections/${collection.id}/objects/`
    const [a, b, c] = [indicator(), indicator(), indicator()]
    const replacing = { ...a, modified: LATER }
    const named = (...objects: Seen[]) => objects.map(({ id, modified }) => ({ id, modified }))
    await importObjects(collection, [a, b, c])
    const elsewhere = askerIn({})
    for (let times = 0; times < 2; times++) await readAll(path, elsewhere, goOn)
    await importObjects(collection, [replacing])

    // Kept there: the old version stands on the full page, the new one where it was added.
    expect(await readAll(path, elsewhere, goOn)).toEqual([named(a, b), named(c, replacing)])
    // Here the write was noticed, as there when the page is past its time.
    const now = [named(b, c), named(replacing)]
    expect(await readAll(path, ask, goOn)).toEqual(now)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + PAGE_MS_MAX })
    expect(await readAll(path, elsewhere, goOn)).toEqual(now)
  })
})
