// TAXII 2.1 §3.2: X-TAXII-Date-Added-First and -Last, on every endpoint that has them and on those
// that have not.
import { beforeAll, describe, expect, it } from 'vitest'
import { sendObjects } from '../../support/endpoints.ts'
import { ask, ROOT } from '../../support/http.ts'
import { indicator } from '../../support/stix.ts'
import {
  createCollection,
  createWriter,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'

const FIRST = 'X-TAXII-Date-Added-First'
const LAST = 'X-TAXII-Date-Added-Last'
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}000Z$/

let collection: TestCollection
let key: string

const object = indicator()

beforeAll(async () => {
  collection = await createCollection()
  key = await createWriter()
  await importObjects(collection, [object, indicator(), indicator()])
})

const root = () => `${ROOT}/collections/${collection.id}`
const paged = {
  objects: () => `${root()}/objects/`,
  manifest: () => `${root()}/manifest/`,
  object: () => `${root()}/objects/${object.id}/`,
  versions: () => `${root()}/objects/${object.id}/versions/`,
}

describe.each(Object.entries(paged))('%s', (_, path) => {
  it('E-12, D27: has both dates, with six digits, whole milliseconds', async () => {
    const { headers } = await ask(path(), { key })
    for (const name of [FIRST, LAST]) expect(headers.get(name)).toMatch(DATE)
    expect((headers.get(FIRST) ?? '') <= (headers.get(LAST) ?? '')).toBe(true)
  })

  it.each([
    ['2099-01-01T00:00:00Z', '2099-01-01T00:00:00.000000Z'],
    ['2099-01-01T00:00:00.5Z', '2099-01-01T00:00:00.500000Z'],
    ['2099-01-01T00:00:00.123456Z', '2099-01-01T00:00:00.123456Z'],
    ['2099-01-01T00:00:00.1234567Z', '2099-01-01T00:00:00.123456Z'],
  ])('D1: an empty page after %s echoes it', async (added_after, echoed) => {
    const { status, headers } = await ask(`${path()}?added_after=${added_after}`, { key })
    expect(status).toBe(200)
    expect([headers.get(FIRST), headers.get(LAST)]).toEqual([echoed, echoed])
  })
})

it('D1: an empty page without a position has no dates', async () => {
  for (const path of [paged.objects(), paged.manifest()]) {
    const { headers } = await ask(`${path}?match[type]=malware`, { key })
    expect([headers.has(FIRST), headers.has(LAST)]).toEqual([false, false])
  }
})

it('are the dates of this page, not of the collection', async () => {
  const page = await ask(`${paged.objects()}?limit=2`, { key })
  const { json } = await ask(paged.manifest(), { key })
  const dates = json.objects.map(({ date_added }: { date_added: string }) => date_added)
  expect([page.headers.get(FIRST), page.headers.get(LAST)]).toEqual([dates[0], dates[1]])
})

it('§3.2: no other endpoint and no refusal has them', async () => {
  const added = await ask(paged.objects(), { key, ...sendObjects([indicator()]) })
  const others = [
    added,
    await ask('/taxii2/', { key }),
    await ask(`${ROOT}/`, { key }),
    await ask(`${ROOT}/collections/`, { key }),
    await ask(`${root()}/`, { key }),
    await ask(`${ROOT}/status/${added.json.id}/`, { key }),
    await ask(`${paged.objects()}?limit=0&added_after=2099-01-01T00:00:00Z`, { key }),
  ]
  for (const { headers } of others)
    expect([headers.has(FIRST), headers.has(LAST)]).toEqual([false, false])
})

it('date_added rises with every write and is never given twice', async () => {
  const dates: string[] = []
  for (let write = 0; write < 10; write++) {
    await importObjects(collection, [indicator(), indicator()])
  }
  const { json } = await ask(`${paged.manifest()}?limit=1000`, { key })
  for (const { date_added } of json.objects) dates.push(date_added)
  expect(dates).toEqual([...new Set(dates)].toSorted())
  for (const date of dates) expect(date).toMatch(DATE)
})
