// Collections in two databases: whoever asks cannot tell which is where.
import { beforeAll, describe, expect, it } from 'vitest'
import {
  askedOf,
  type Endpoints,
  makeEndpoints,
  named,
  sendObjects,
  taxiiOperations,
} from '../../support/endpoints.ts'
import { type Answer, ask, operate, ROOT } from '../../support/http.ts'
import { identity, indicator, indicators } from '../../support/stix.ts'
import { byHeader, byNext, byNextAlone, idsOf, walk } from '../../support/walk.ts'
import {
  createCollection,
  createReader,
  createWriter,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'

const DATABASES = ['DB', 'DB_2']

/** What does not differ from one request to the next, whatever the collection. */
function shape({ status, headers, text }: Answer) {
  const masked = text
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/"(next|title|alias)":"[^"]+"/g, '"$1":"..."')
  const names = [...headers].map(([name]) => name)
  return { status, names, contentType: headers.get('Content-Type'), masked }
}

describe.each(named(taxiiOperations))('%s', (_, operation) => {
  let endpoints: Endpoints[]

  beforeAll(async () => {
    endpoints = []
    for (const database of DATABASES) {
      endpoints.push(await makeEndpoints({ database, description: 'the same' }))
    }
  })

  it('answers the same, wherever the collection is', async () => {
    const answers = []
    for (const each of endpoints) {
      const path = await each.pathOf(operation)
      answers.push(await ask(path, { ...askedOf(operation), key: each.writer }))
    }
    expect(answers.map(({ status }) => status)).toEqual(
      [200, 200].map(() => operation.success.status),
    )
    if (!operation.path.includes('{collectionId}')) return
    const [here, there] = answers.map(shape)
    expect(there).toEqual(here)
  })
})

describe('a collection in another database', () => {
  let collection: TestCollection
  let view: TestCollection
  let key: string

  beforeAll(async () => {
    collection = await createCollection({ database: 'DB_2', alias: 'far' })
    view = await createCollection({ view: { of: 'far', types: ['identity'] }, alias: 'far-view' })
    key = await createWriter()
  })

  const path = (of: { alias: string }, rest = '') => `${ROOT}/collections/${of.alias}/${rest}`

  it('is written to, read by id and by alias, and emptied', async () => {
    const [one, two] = [indicator(), identity()]
    const posted = await ask(path(collection, 'objects/'), { key, ...sendObjects([one, two]) })
    expect(posted.json).toMatchObject({ success_count: 2, failure_count: 0 })
    const byId = await ask(`${ROOT}/collections/${collection.id}/objects/`, { key })
    const byAlias = await ask(path(collection, 'objects/'), { key })
    expect(byAlias.json.objects).toEqual([one, two])
    expect(byId.json.objects).toEqual([one, two])
    expect((await ask(path(view, 'objects/'), { key })).json.objects).toEqual([two])
    for (const { id } of [one, two]) {
      const gone = await ask(path(collection, `objects/${id}/`), { key, method: 'DELETE' })
      expect(gone.status).toBe(200)
    }
    expect((await ask(path(view, 'objects/'), { key })).json.objects).toEqual([])
    expect((await ask(path(collection, 'manifest/'), { key })).json.objects).toEqual([])
  })

  it('is walked whole, in every way', async () => {
    const objects = indicators(23)
    await importObjects(collection, objects)
    const first = { limit: '4' }
    for (const step of [byNextAlone, byNext(first), byHeader(first)]) {
      const { ids } = await walk(path(collection, 'objects/'), key, first, step)
      expect(ids).toEqual(objects.map(({ id }) => id))
    }
  })

  it('takes no cursor of the same place in another database', async () => {
    const near = await createCollection({ database: 'DB' })
    const objects = indicators(3)
    await importObjects(near, objects)
    const { json } = await ask(path(collection, 'objects/?limit=2'), { key })
    const answer = await ask(`${ROOT}/collections/${near.id}/objects/?next=${json.next}`, { key })
    expect(idsOf(answer.json)).toEqual(objects.map(({ id }) => id))
  })

  it('shows the status of a write to whoever wrote, and to nobody else', async () => {
    const objects = sendObjects([indicator()])
    const { json } = await ask(path(collection, 'objects/'), { key, ...objects })
    expect((await ask(`${ROOT}/status/${json.id}/`, { key })).json).toEqual(json)
    const other = await createWriter()
    expect((await ask(`${ROOT}/status/${json.id}/`, { key: other })).status).toBe(404)
  })

  it('is one of those that a key may be bound to', async () => {
    const bound = await createReader({ collections: ['far'] })
    const { json } = await ask(`${ROOT}/collections/`, { key: bound })
    expect(json.collections.map(({ id }: { id: string }) => id)).toEqual([collection.id])
    const near = await createCollection()
    expect((await ask(`${ROOT}/collections/${near.id}/objects/`, { key: bound })).status).toBe(404)
  })

  it('says in the usage of a key how far behind it is', async () => {
    const { json: made } = await operate('POST', '/keys/', { tier: 'pro' })
    // What was served travels with the key's next request.
    for (const rest of ['objects/?limit=1', '']) await ask(path(collection, rest), made)
    const { json } = await operate('GET', `/keys/${made.id}/usage/`)
    expect(json.reads).toMatchObject([{ collection: collection.id, objects_behind: 23 }])
  })
})

describe('the list of collections', () => {
  it('is whole, in one order, and the same at every request', async () => {
    const made: TestCollection[] = []
    for (let i = 0; i < 8; i++) {
      made.push(await createCollection({ database: DATABASES[i % 2] }))
    }
    const key = await createReader()
    const list = async () => (await ask(`${ROOT}/collections/`, { key })).json.collections
    const ids = (await list()).map(({ id }: { id: string }) => id)
    expect(ids).toEqual(ids.toSorted())
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toEqual(expect.arrayContaining(made.map(({ id }) => id)))
    expect(await list()).toEqual(await list())
    const { json } = await operate('GET', '/collections/')
    expect(json.collections.map(({ id }: { id: string }) => id)).toEqual(ids)
    const databaseOf = (id: string) =>
      json.collections.find((each: { id: string }) => each.id === id).database
    expect(made.map(({ id }) => databaseOf(id))).toEqual(made.map((_, i) => DATABASES[i % 2]))
  })
})
