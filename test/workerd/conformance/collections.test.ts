// TAXII 2.1 §5.1 Get Collections and §5.2 Get a Collection.
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { ask, operate, ROOT } from '../../support/http.ts'
import { createCollection, createKey, createReader, createWriter } from '../../support/world.ts'

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const STIX_21 = 'application/stix+json;version=2.1'

/** can_read and can_write as the operator set them. */
const kinds = [
  { can_read: true, can_write: true },
  { can_read: true, can_write: false },
  { can_read: false, can_write: true },
  { can_read: false, can_write: false },
]

let writer: string
const ids: string[] = []

beforeAll(async () => {
  writer = await createWriter()
  for (const kind of kinds) ids.push((await createCollection(kind)).id)
})

const list = async (key: string) => (await ask(`${ROOT}/collections/`, { key })).json
const show = (name: string, key = writer) => ask(`${ROOT}/collections/${name}/`, { key })

describe('the list of collections', () => {
  it('E-9, E-11: has every collection with what §5.2.1 requires', async () => {
    const { collections } = await list(writer)
    expect(collections).toHaveLength(ids.length)
    for (const each of collections) {
      expect(each).toEqual({
        id: expect.stringMatching(UUID_V4),
        title: expect.stringMatching(/\S/),
        alias: expect.any(String),
        can_read: expect.any(Boolean),
        can_write: expect.any(Boolean),
        media_types: [STIX_21],
      })
    }
  })

  it('§5.1: is in the order of ids, at every request', async () => {
    const orders = [await list(writer), await list(writer)].map(({ collections }) =>
      collections.map(({ id }: { id: string }) => id),
    )
    expect(orders[0]).toEqual(ids.toSorted())
    expect(orders[1]).toEqual(orders[0])
  })

  it('E-10: leaves the key out when there is nothing to see', async () => {
    const doomed = await createCollection()
    const key = await createWriter({ collections: [doomed.id] })
    expect((await list(key)).collections).toHaveLength(1)
    await env.DB.prepare('DELETE FROM collections WHERE id = ?1').bind(doomed.id).run()
    expect(await list(key)).toEqual({})
  })

  it('E-14: has only the collections of the key', async () => {
    const mine = ids.slice(0, 2)
    const key = await createReader({ collections: mine })
    const { collections } = await list(key)
    expect(collections.map(({ id }: { id: string }) => id)).toEqual(mine.toSorted())
  })

  it('pairs with the single resources, one for one', async () => {
    for (const each of (await list(writer)).collections) {
      expect((await show(each.id)).json).toEqual(each)
    }
  })
})

describe('what a key may do', () => {
  it.each(kinds)('§5.2.1: with every scope it is as the operator set it: %o', async (kind) => {
    const { json } = await show(ids[kinds.indexOf(kind)] ?? '')
    expect(json).toMatchObject(kind)
  })

  it.each(kinds)('§5.2.1: without write:stix nothing can be written: %o', async (kind) => {
    const { json } = await show(ids[kinds.indexOf(kind)] ?? '', await createReader())
    expect(json).toMatchObject({ can_read: kind.can_read, can_write: false })
  })

  it.each(kinds)(
    '§5.2.1: with read:iocs alone nothing can be read or written: %o',
    async (kind) => {
      const { key } = await createKey({ tier: 'free' })
      const { json } = await show(ids[kinds.indexOf(kind)] ?? '', key)
      expect(json).toMatchObject({ can_read: false, can_write: false })
    },
  )

  it('§5.2.1: a view can be read and never written', async () => {
    const parent = await createCollection()
    const view = await createCollection({ view: { of: parent.id, types: ['indicator'] } })
    expect((await show(view.id)).json).toMatchObject({ can_read: true, can_write: false })
  })
})

describe('one collection', () => {
  it('is found by id and by alias, and always names its id', async () => {
    const collection = await createCollection({ alias: 'by-two-names', description: 'Two names' })
    for (const name of [collection.id, 'by-two-names']) {
      const { status, json } = await show(name)
      expect([status, json.id, json.alias]).toEqual([200, collection.id, 'by-two-names'])
      expect(json.description).toBe('Two names')
    }
  })

  it('§5.2.1: no two collections have one alias, one title, or an alias that is an id', async () => {
    const taken = await createCollection({ alias: 'taken', title: 'Taken' })
    for (const clash of [{ alias: 'taken' }, { title: 'Taken' }, { id: taken.id }]) {
      const body = { title: 'Another', alias: 'another', ...clash }
      await expect(operate('POST', '/collections/', body)).rejects.toThrow(/409/)
    }
    const alias = crypto.randomUUID()
    const body = { title: 'Another', alias }
    await expect(operate('POST', '/collections/', body)).rejects.toThrow(/400/)
  })

  it('§5.2.1: names every media type it stores', async () => {
    const media_types = [STIX_21, 'application/stix+json;version=2.0']
    const { id } = await createCollection({ media_types })
    expect((await show(id)).json.media_types).toEqual(media_types)
  })

  it.each([crypto.randomUUID(), 'no-such-alias', '%00', '%ff', '*', '%25'])(
    '404: %s is no collection',
    async (name) => {
      expect((await show(name)).status).toBe(404)
    },
  )
})
