import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { ask, operate, ROOT } from '../../support/http.ts'
import { identity, indicator, indicators } from '../../support/stix.ts'
import { createCollection, createReader, importObjects } from '../../support/world.ts'

async function attempt(method: string, path: string, body?: unknown) {
  const sent = { method, key: env.ADMIN_TOKEN, ...(body ? { body: JSON.stringify(body) } : {}) }
  const { status, json } = await ask(`/admin/collections/${path}`, sent)
  return { status, json }
}

async function idsIn(collection: { id: string }, key: string): Promise<string[]> {
  const { json } = await ask(`${ROOT}/collections/${collection.id}/objects/?limit=1000`, { key })
  return json.objects.map(({ id }: { id: string }) => id)
}

describe('collections', () => {
  it('show a view what its parent held before and gets after', async () => {
    const parent = await createCollection()
    const key = await createReader()
    const who = identity()
    const file = indicator({ pattern: "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']" })
    const [before, after] = indicators(2)
    await importObjects(parent, [who, file, before ?? {}])
    const view = await createCollection({
      view: { of: parent.alias, types: ['identity'], subtypes: ['ipv4-addr'] },
    })
    expect(await idsIn(view, key)).toEqual([who.id, before?.id])
    await importObjects(parent, [after ?? {}])
    expect(await idsIn(view, key)).toEqual([who.id, before?.id, after?.id])
    expect((await operate('GET', `/collections/${view.id}/`)).json).toMatchObject({
      view_of: parent.id,
      can_write: false,
    })
  })

  it('take a new name and new permissions at once', async () => {
    const collection = await createCollection()
    const key = await createReader()
    await importObjects(collection, indicators(1))
    await operate('PATCH', `/collections/${collection.id}/`, { alias: 'renamed', can_read: false })
    const { status } = await ask(`${ROOT}/collections/renamed/objects/`, { key })
    expect(status).toBe(403)
    const shown = await ask(`${ROOT}/collections/${collection.id}/`, { key })
    expect(shown.json).toMatchObject({ alias: 'renamed', can_read: false })
  })

  it('go with their objects when confirmed, views first', async () => {
    const collection = await createCollection()
    const key = await createReader()
    await importObjects(collection, indicators(50))
    const view = await createCollection({ view: { of: collection.id, types: ['indicator'] } })
    expect((await attempt('DELETE', `${view.id}/`)).status).toBe(400)
    const confirmed = (each: { id: string }) => `${each.id}/?confirm=${each.id}`
    expect((await attempt('DELETE', confirmed(collection))).status).toBe(409)
    expect((await attempt('DELETE', confirmed(view))).status).toBe(200)
    expect(await idsIn(collection, key)).toHaveLength(50)
    expect((await attempt('DELETE', confirmed(collection))).status).toBe(200)
    expect((await ask(`${ROOT}/collections/${collection.id}/`, { key })).status).toBe(404)
    const rows = await env.DB.prepare(
      `SELECT (SELECT count(*) FROM objects o LEFT JOIN collections c ON c.ref = o.collection_ref
               WHERE c.ref IS NULL) + (SELECT count(*) FROM removals) AS left`,
    ).first('left')
    expect(rows).toBe(0)
  })

  it.each([
    [{ title: 'a.b' }, 400],
    [{}, 400],
    [{ title: 'fine', alias: 'Not Fine' }, 400],
    [{ title: 'fine', alias: '2d086da7-4bdc-4f91-900e-d77486753710' }, 400],
    [{ title: 'fine', id: 'not-a-uuid' }, 400],
    [{ title: 'fine', media_types: [] }, 400],
    [{ title: 'fine', view: { of: 'nowhere', types: ['identity'] } }, 404],
    [{ title: 'fine', view: { of: 'nowhere' } }, 400],
    [{ title: 'fine', surprise: true }, 400],
  ])('%j is refused', async (body, status) => {
    expect((await attempt('POST', '', body)).status).toBe(status)
  })

  it('do not share a title, an alias or an id, nor the one for the other', async () => {
    const one = await createCollection({ title: 'Only One', alias: 'only-one' })
    for (const [body, property] of [
      [{ title: 'Only One' }, 'title'],
      [{ title: 'Two', alias: 'only-one' }, 'alias'],
      [{ title: 'Two', id: one.id }, 'id'],
    ] as const) {
      const { status, json } = await attempt('POST', '', body)
      expect([status, json.details.property]).toEqual([409, property])
    }
  })
})
