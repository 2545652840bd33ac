// How far back a key sees: a floor on date_added that makes no holes, and that never hides the
// identities and markings that newer objects refer to.
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { ask, ROOT } from '../../support/http.ts'
import { identity, indicator, stixId } from '../../support/stix.ts'
import { byHeader, byNextAlone, idsOf, walk } from '../../support/walk.ts'
import {
  createCollection,
  createReader,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'

const DAY_MS = 86_400_000

let collection: TestCollection
let free: string
let pro: string

const marking = {
  type: 'marking-definition',
  spec_version: '2.1',
  id: stixId('marking-definition'),
  created: '2020-01-01T00:00:00.000Z',
  definition_type: 'statement',
  definition: { statement: 'Internal' },
}
const who = identity()
const old = [indicator(), indicator()]
const recent = [indicator(), indicator(), indicator()]
const visible = [who, marking, ...recent].map(({ id }) => id)
const [hidden] = old

beforeAll(async () => {
  collection = await createCollection()
  free = await createReader({ tier: 'free', per_minute: 1000 })
  pro = await createReader()
  await importObjects(collection, [old[0] ?? who, who, old[1] ?? who, marking])
  await env.DB.prepare('UPDATE list_entries SET date_added_ms = date_added_ms - ?1')
    .bind(2 * DAY_MS)
    .run()
  await importObjects(collection, recent)
})

const path = (tail = 'objects/') => `${ROOT}/collections/${collection.id}/${tail}`
const get = (tail: string, key: string) => ask(path(tail), { key })

describe('E-14, D28: a key that looks back one day', () => {
  it('sees what is newer, and every identity and marking', async () => {
    expect(idsOf((await get('objects/', free)).json)).toEqual(visible)
    expect(idsOf((await get('manifest/', free)).json)).toEqual(visible)
  })

  it('sees no old object by id, by version or by filter', async () => {
    expect((await get(`objects/${hidden?.id}/`, free)).status).toBe(404)
    expect((await get(`objects/${hidden?.id}/versions/`, free)).status).toBe(404)
    const { json } = await get(
      `objects/?match[id]=${hidden?.id},${who.id}&match[version]=all`,
      free,
    )
    expect(idsOf(json)).toEqual([who.id])
  })

  it('is not let further back by added_after or by the next of another key', async () => {
    const early = await get('objects/?added_after=1970-01-01T00:00:00Z', free)
    expect(idsOf(early.json)).toEqual(visible)
    const { json } = await get('objects/?limit=1', pro)
    expect(json.objects).toEqual([hidden])
    expect(idsOf((await get(`objects/?limit=10&next=${json.next}`, free)).json)).toEqual(visible)
  })

  it.each(['1', '2', '100'])('walks without a hole in pages of %s', async (limit) => {
    const first = { limit }
    expect((await walk(path(), free, first, byNextAlone)).ids).toEqual(visible)
    expect((await walk(path(), free, first, byHeader(first))).ids).toEqual(visible)
  })
})

it('a key that looks back a year sees all of it', async () => {
  const everything = [old[0], who, old[1], marking, ...recent].map((each) => each?.id)
  expect(idsOf((await get('objects/', pro)).json)).toEqual(everything)
})
