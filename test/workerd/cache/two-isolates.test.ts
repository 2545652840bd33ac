// What two isolates of one data centre show of a collection when one of them changes it: memories are
// kept by environment and by binding, so each of these has its own, and the data centre's cache is
// one. Time stands still but where it is moved.
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ROOT } from '../../support/http.ts'
import { indicators } from '../../support/stix.ts'
import { WatchedDatabase } from '../../support/watched-database.ts'
import {
  createCollection,
  createWriter,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'
import { askerIn } from '../laws/asker.ts'

/** How long a deleted object may still be shown elsewhere, by docs/consistency.md. */
const FACTS_MS = 2_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
})

afterEach(() => {
  vi.useRealTimers()
})

function passMs(ms: number): void {
  vi.setSystemTime(Date.now() + ms)
}

function makeIsolate() {
  const database = new WatchedDatabase(env.DB)
  return { ask: askerIn({ DB: database }), database }
}

type Isolate = ReturnType<typeof makeIsolate>
type Listed = { id: string }

/** Ids on a page, and whether anything was read from D1 for it. */
async function look({ ask, database }: Isolate, path: string, key: string) {
  database.forget()
  const answer = await ask(path, { key, headers: { 'Accept-Encoding': 'gzip' } })
  expect(answer.status).toBe(200)
  const ids = (answer.json.objects as Listed[]).map(({ id }) => id)
  return { ids, isWarm: database.statements.length === 0 }
}

/** Until the data centre's cache has the page: an isolate without memories reads the facts alone. */
async function untilNear(path: string, key: string): Promise<void> {
  await vi.waitFor(async () => {
    const cold = makeIsolate()
    await look(cold, path, key)
    expect(cold.database.roundTrips).toBe(1)
  })
}

const pathOf = ({ id }: TestCollection, rest: string) => `${ROOT}/collections/${id}/${rest}`

describe.each([
  ['a full page', 'objects/?limit=3'],
  ['the page at the head', 'objects/'],
  ['a filtered page', 'objects/?match[type]=indicator&limit=3'],
  ['the newest first', 'objects/?x_sort=desc'],
  ['a full manifest', 'manifest/?limit=3'],
  ['the manifest at the head', 'manifest/'],
])('%s', (_, rest) => {
  it.each(['collection', 'view'])(
    'of a %s, kept in one isolate, does not show for longer what another deleted',
    async (of) => {
      const parent = await createCollection()
      const view = await createCollection({ view: { of: parent.id, types: ['indicator'] } })
      const key = await createWriter()
      const objects = indicators(4)
      await importObjects(parent, objects)
      const gone = objects[1]?.id ?? ''
      const path = pathOf(of === 'view' ? view : parent, rest)
      const [here, there] = [makeIsolate(), makeIsolate()]

      const { ids: before } = await look(makeIsolate(), path, key)
      expect(before).toContain(gone)
      await untilNear(path, key)

      expect((await look(here, path, key)).ids).toEqual(before)
      expect(await look(here, path, key)).toEqual({ ids: before, isWarm: true })

      const deleted = await there.ask(pathOf(parent, `objects/${gone}/`), { method: 'DELETE', key })
      expect(deleted.status).toBe(200)
      expect((await look(there, path, key)).ids).not.toContain(gone)

      // Otherwise there was nothing to forget, and what follows would show nothing.
      passMs(FACTS_MS - 1)
      expect(await look(here, path, key)).toEqual({ ids: before, isWarm: true })

      passMs(1)
      const after = await look(here, path, key)
      expect(after.ids).not.toContain(gone)
      expect(after.ids).toEqual((await look(there, path, key)).ids)

      // The data centre's cache still has the old page, and gives it to nobody.
      expect((await look(makeIsolate(), path, key)).ids).toEqual(after.ids)
    },
  )
})
