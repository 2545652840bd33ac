// Whole conversations as shipped clients hold them, and the two examples of the published contract,
// each request made from the answer before it.
import { beforeAll, describe, expect, it } from 'vitest'
import { sendObjects, sendText } from '../../support/endpoints.ts'
import { type Answer, ask, ROOT, TAXII } from '../../support/http.ts'
import { identity, indicators, observable } from '../../support/stix.ts'
import { idsOf } from '../../support/walk.ts'
import {
  createCollection,
  createReader,
  createWriter,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'

let all: TestCollection
let key: string

const objects = [identity(), ...indicators(25), observable('ipv4-addr', '203.0.113.9')]
const ids = objects.map(({ id }) => id)

beforeAll(async () => {
  all = await createCollection({ alias: 'all', title: 'All of it' })
  await importObjects(all, objects)
  key = await createReader()
})

describe('a client that starts from discovery', () => {
  const headers = () => ({
    Authorization: `Basic ${btoa(`apikey:${key}`)}`,
    Accept: TAXII,
    'Accept-Encoding': 'gzip, deflate',
    'User-Agent': 'taxii2-client/2.3.0',
  })

  /** What the client demands of an answer before it reads it. */
  function expectReadable({ status, headers: answered }: Answer): void {
    expect(status).toBe(200)
    const parts = (answered.get('Content-Type') ?? '').replaceAll(' ', '').split(';')
    expect(parts[0]).toBe('application/taxii+json')
    expect(parts).toContain('version=2.1')
  }

  it('comes from the host to every object', async () => {
    const discovery = await ask('/taxii2/', { headers: headers() })
    expectReadable(discovery)
    const root = await ask(discovery.json.default, { headers: headers() })
    expectReadable(root)
    expect(root.json.versions).toContain(TAXII)
    const listed = await ask(`${discovery.json.default}collections/`, { headers: headers() })
    expectReadable(listed)
    const found = listed.json.collections.find(
      (each: { title: string }) => each.title === 'All of it',
    )
    const url = `${discovery.json.default}collections/${found.id}/`
    const collection = await ask(url, { headers: headers() })
    expectReadable(collection)
    expect(url).toContain(collection.json.id)
    expect(collection.json.can_read).toBe(true)
    const query = new URLSearchParams({ limit: '10', 'match[type]': 'indicator,identity' })
    const seen: string[] = []
    for (let page = 0; page < 10; page++) {
      const answer = await ask(`${url}objects/?${query}`, { headers: headers() })
      expectReadable(answer)
      seen.push(...idsOf(answer.json))
      if (!answer.json.more) break
      query.set('next', answer.json.next)
    }
    expect(seen).toEqual(ids.slice(0, -1))
  })

  it('writes, and waits for a status whose counts agree', async () => {
    const writable = await createCollection()
    const writer = await createWriter()
    const url = `${ROOT}/collections/${writable.id}/objects/`
    const bundle = { type: 'bundle', id: 'bundle--0', objects: indicators(3) }
    for (const asked of [sendObjects(bundle.objects), sendText(JSON.stringify(bundle))]) {
      const { status, json } = await ask(url, { ...asked, key: writer })
      expect([status, json.status, json.success_count]).toEqual([202, 'complete', 3])
      const later = await ask(`${url}../../../status/${json.id}/`, { key: writer })
      expect(later.json).toEqual(json)
    }
    expect((await ask(url, { key: writer })).json.objects).toEqual(bundle.objects)
  })
})

describe('paths as clients spell them', () => {
  it.each([
    '/api/taxii2/api/collections/ID',
    '/api/taxii2/api/collections/ID/',
    '/api/taxii2/api//collections/ID/',
    '//api//taxii2//api//collections//all//',
    '/api/taxii2/api/collections/all/objects',
    '/api/taxii2/api/collections/all/objects?limit=1',
    '/api/taxii2/api/collections/all/objects/?limit=1',
    '/api/taxii2/api/collections/all/objects/?',
    '/api/taxii2/api/collections/all/./objects/',
    '/api/taxii2/api/collections/%61ll/objects/',
  ])('%s is answered where it is asked', async (path) => {
    const answer = await ask(`https://taxii.test${path.replace('ID', all.id)}`, { key })
    expect([answer.status, answer.headers.has('Location')]).toEqual([200, false])
  })
})

describe('the published examples', () => {
  const added_after = '2024-05-16T00:00:00Z'

  it('the curl line', async () => {
    const path = `${ROOT}/collections/all/objects/?added_after=${added_after}&limit=500`
    const headers = { Authorization: `Bearer ${key}`, Accept: TAXII }
    const { status, json, headers: answered } = await ask(path, { headers })
    expect([status, json.type, idsOf(json)]).toEqual([200, 'bundle', ids])
    expect(answered.get('X-TAXII-Date-Added-Last')).toMatch(/Z$/)
  })

  it('the polling loop gets every object once, run after run', async () => {
    const polled = await createCollection({ alias: 'polled' })
    const seen: string[] = []
    let checkpoint = added_after
    const poll = async () => {
      const query = new URLSearchParams({ added_after: checkpoint, limit: '1000' })
      const { json, headers } = await ask(`${ROOT}/collections/polled/objects/?${query}`, { key })
      seen.push(...idsOf(json))
      checkpoint = headers.get('X-TAXII-Date-Added-Last') ?? checkpoint
      return json.objects.length
    }
    expect(await poll()).toBe(0)
    const large = indicators(1200)
    await importObjects(polled, large)
    expect([await poll(), await poll(), await poll()]).toEqual([1000, 200, 0])
    const more = indicators(2)
    await importObjects(polled, more)
    expect([await poll(), await poll()]).toEqual([2, 0])
    expect(seen).toEqual([...large, ...more].map(({ id }) => id))
  })

  it('the narrowing by type and by subtype', async () => {
    const path = `${ROOT}/collections/all/objects/`
    const byType = await ask(`${path}?type=indicator`, { key })
    expect(idsOf(byType.json)).toEqual(ids.slice(1, -1))
    const bySubtype = await ask(`${path}?match[type]=ipv4-addr`, { key })
    expect(idsOf(bySubtype.json)).toEqual(ids.slice(1))
  })
})
