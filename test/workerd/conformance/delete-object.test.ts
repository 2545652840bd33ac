// TAXII 2.1 §5.7 Delete an Object.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ask, ROOT, TAXII } from '../../support/http.ts'
import { expectBadParameter, expectRefusal } from '../../support/refusal.ts'
import { indicator, observable } from '../../support/stix.ts'
import { idsOf } from '../../support/walk.ts'
import {
  createCollection,
  createWriter,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'

const STIX_21 = 'application/stix+json;version=2.1'
const STIX_20 = 'application/stix+json;version=2.0'

let collection: TestCollection
let key: string

const first = indicator()
const second = { ...first, modified: '2024-06-01T00:00:00.000Z' }
const third = { ...first, modified: '2024-07-01T00:00:00.000Z' }
const bystander = indicator()

beforeAll(async () => {
  key = await createWriter()
})

beforeEach(async () => {
  collection = await createCollection({ media_types: [STIX_21, STIX_20] })
  await importObjects(collection, [first, second, bystander, third])
})

const root = () => `${ROOT}/collections/${collection.id}`
const remove = (query = '', id = first.id) =>
  ask(`${root()}/objects/${id}/${query}`, { method: 'DELETE', key })
const read = (path: string) => ask(`${root()}/${path}`, { key })
const versions = async () => (await read(`objects/${first.id}/versions/`)).json.versions

describe('a deletion', () => {
  it('§5.7, E-4: is 200 without a body, in the TAXII content type', async () => {
    const { status, text, headers } = await remove()
    expect([status, text, headers.get('Content-Type')]).toEqual([200, '', TAXII])
  })

  it('D4: without a filter takes every version', async () => {
    await remove()
    expectRefusal(await read(`objects/${first.id}/`), { status: 404, code: 'not_found' })
  })

  it('§5.7: leaves no trace in object, versions, objects and manifest', async () => {
    await remove()
    for (const path of [`objects/${first.id}/`, `objects/${first.id}/versions/`]) {
      expectRefusal(await read(path), { status: 404, code: 'not_found' })
    }
    for (const path of ['objects/', 'manifest/']) {
      const { json } = await read(`${path}?match[version]=all`)
      expect(idsOf(json)).toEqual([bystander.id])
    }
  })

  it('D5: lists are then empty, not missing', async () => {
    await remove()
    const { status, json } = await read(`objects/?match[id]=${first.id}`)
    expect([status, json.objects]).toEqual([200, []])
  })

  it('§5.7: a second one is a 404', async () => {
    await remove()
    expectRefusal(await remove(), { status: 404, code: 'not_found' })
  })

  it.each([indicator().id, 'nothing', '%00', '%25'])('§5.7: of %s is a 404', async (id) => {
    expectRefusal(await remove('', id), { status: 404, code: 'not_found' })
  })

  it('can be followed by adding the object again, with a later date', async () => {
    const before = (await read('manifest/?match[version]=all')).json.objects.at(-1).date_added
    await remove()
    await importObjects(collection, [first])
    const { json } = await read(`manifest/?match[id]=${first.id}`)
    expect(json.objects[0].date_added > before).toBe(true)
  })

  it('never sends dates back, even when the newest is gone', async () => {
    const before = (await read('manifest/?match[version]=all')).json.objects.at(-1).date_added
    await remove('?match[version]=last')
    await importObjects(collection, [observable('url', 'https://c2.example/')])
    const { json } = await read('manifest/')
    expect(json.objects.at(-1).date_added > before).toBe(true)
  })

  it('reaches the views of the collection', async () => {
    const view = await createCollection({ view: { of: collection.id, types: ['indicator'] } })
    const path = `${ROOT}/collections/${view.id}/objects/?match[version]=all`
    expect((await ask(path, { key })).json.objects).toHaveLength(4)
    await remove()
    expect((await ask(path, { key })).json.objects).toEqual([bystander])
  })

  it('leaves other collections alone', async () => {
    const other = await createCollection()
    await importObjects(other, [first])
    await remove()
    const path = `${ROOT}/collections/${other.id}/objects/`
    expect((await ask(path, { key })).json.objects).toEqual([first])
  })
})

describe('a deletion of some versions', () => {
  it.each<[query: string, left: string[]]>([
    ['?match[version]=last', [first.modified, second.modified]],
    ['?match[version]=first', [second.modified, third.modified]],
    ['?match[version]=first,last', [second.modified]],
    ['?match[version]=2024-06-01T00:00:00Z', [first.modified, third.modified]],
    ['?match[version]=2024-06-01T00:00:00.000000Z,last', [first.modified]],
  ])('E-5: %s leaves %s', async (query, left) => {
    expect((await remove(query)).status).toBe(200)
    expect(await versions()).toEqual(left)
  })

  it('E-5: match[version]=all takes all of them', async () => {
    expect((await remove('?match[version]=all')).status).toBe(200)
    expect((await read(`objects/${first.id}/`)).status).toBe(404)
  })

  it('makes the version before it the last one', async () => {
    await remove('?match[version]=last')
    expect((await read(`objects/${first.id}/`)).json.objects).toEqual([second])
    expect((await read('objects/?type=indicator')).json.objects).toEqual([second, bystander])
  })

  it('§5.7: of a version that is not there is a 404 and deletes nothing', async () => {
    const answer = await remove('?match[version]=2001-01-01T00:00:00Z')
    expectRefusal(answer, { status: 404, code: 'not_found' })
    expect(await versions()).toHaveLength(3)
  })

  it('E-5: match[spec_version] takes the versions written in it', async () => {
    const { spec_version: _, ...old } = { ...first, modified: '2024-05-02T00:00:00.000Z' }
    await importObjects(collection, [old])
    expect((await remove('?match[spec_version]=2.0&match[version]=all')).status).toBe(200)
    const { json } = await read(
      `objects/${first.id}/?match[spec_version]=2.0,2.1&match[version]=all`,
    )
    expect(json.objects).toEqual([first, second, third])
  })

  it.each([
    ['match[version]', 'all,last'],
    ['match[version]', 'never'],
    ['match[version]', ''],
    ['match[spec_version]', 'x'],
  ])('F-1: refuses %s=%s and deletes nothing', async (name, value) => {
    expectBadParameter(await remove(`?${name}=${value}`), name)
    expect(await versions()).toHaveLength(3)
  })
})
