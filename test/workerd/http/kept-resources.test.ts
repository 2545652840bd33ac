// Discovery, API root and collections under a tag: a client that has them is told that nothing has
// changed, and is sent them again when something has.
import { beforeAll, describe, expect, it } from 'vitest'
import { ask, operate, ROOT } from '../../support/http.ts'
import { expectRateLimitHeaders } from '../../support/refusal.ts'
import { createCollection, createReader, type TestCollection } from '../../support/world.ts'

let collection: TestCollection
let key: string

beforeAll(async () => {
  collection = await createCollection()
  key = await createReader()
})

const resources: [what: string, path: () => string][] = [
  ['discovery', () => '/taxii2/'],
  ['discovery beside the root', () => '/api/taxii2/'],
  ['the API root', () => `${ROOT}/`],
  ['the collections', () => `${ROOT}/collections/`],
  ['a collection', () => `${ROOT}/collections/${collection.id}/`],
  ['a collection by its alias', () => `${ROOT}/collections/${collection.alias}/`],
]

async function tagOf(path: string, as = key): Promise<string> {
  return (await ask(path, { key: as })).headers.get('ETag') ?? ''
}

const holding = (tag: string, as = key) => ({ key: as, headers: { 'If-None-Match': tag } })

describe.each(resources)('%s', (_, path) => {
  it('is not sent again to who has it', async () => {
    const first = await ask(path(), { key })
    const tag = first.headers.get('ETag') ?? ''
    expect(tag).toMatch(/^"[\w-]{16,}"$/)
    expect(first.headers.get('Cache-Control')).toBe('private, no-cache')
    for (const method of ['GET', 'HEAD']) {
      const again = await ask(path(), { ...holding(tag), method })
      expect([again.status, again.text]).toEqual([304, ''])
      for (const name of ['ETag', 'Cache-Control', 'Vary']) {
        expect(again.headers.get(name), name).toBe(first.headers.get(name))
      }
      expectRateLimitHeaders(again)
    }
  })

  it('is sent to who has something else', async () => {
    expect((await ask(path(), holding('"something-else"'))).status).toBe(200)
  })

  it('is told of to nobody without a key', async () => {
    const headers = { 'If-None-Match': await tagOf(path()) }
    expect((await ask(path(), { headers })).status).toBe(401)
  })
})

describe('a tag of the collections', () => {
  const all = `${ROOT}/collections/`

  it('changes with what there is, and with what is said of it', async () => {
    const before = await tagOf(all)
    const { id } = await createCollection()
    const after = await tagOf(all)
    expect(after).not.toBe(before)
    await operate('PATCH', `/collections/${id}/`, { description: 'Now with a description' })
    expect((await ask(all, holding(after))).status).toBe(200)
  })

  it('is one for each set of rights', async () => {
    const writer = await createReader({ scopes: ['read:stix', 'write:stix'] })
    expect(await tagOf(all, writer)).not.toBe(await tagOf(all))
    const outsider = await createReader({ collections: [(await createCollection()).id] })
    const one = `${ROOT}/collections/${collection.id}/`
    expect((await ask(one, holding(await tagOf(one), outsider))).status).toBe(404)
  })
})
