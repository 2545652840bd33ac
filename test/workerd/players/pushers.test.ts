// Clients that push: what they send, and that all of it arrives.
import { describe, expect, it } from 'vitest'
import { type Asked, ask, ROOT, TAXII } from '../../support/http.ts'
import { indicators } from '../../support/stix.ts'
import { createCollection, createWriter } from '../../support/world.ts'

const STIX_SPACED = 'application/stix+json; version=2.1'
const TAXII_SPACED = 'application/taxii+json; version=2.1'

type Pusher = {
  name: string
  headers: (key: string) => Record<string, string>
  body: (objects: object[]) => string
  /** Objects in one request. */
  batch: number
  /** Asked for before the first push; must be 200. */
  before: string[]
}

const bundle = (objects: object[]) =>
  JSON.stringify({ type: 'bundle', id: `bundle--${crypto.randomUUID()}`, objects })
const envelope = (objects: object[]) => JSON.stringify({ objects })
const basic = (key: string) => `Basic ${btoa(`apikey:${key}`)}`

const pushers: Pusher[] = [
  {
    name: 'OpenCTI taxii-post stream',
    headers: (key) => ({
      Authorization: `Bearer ${key}`,
      Accept: TAXII_SPACED,
      'Content-Type': STIX_SPACED,
    }),
    body: bundle,
    batch: 1,
    before: [],
  },
  {
    name: 'MISP push',
    headers: (key) => ({ Authorization: basic(key), Accept: TAXII, 'Content-Type': TAXII }),
    body: envelope,
    batch: 7,
    before: [`${ROOT}/`, `${ROOT}/collections/`],
  },
  {
    name: 'Splunk CTIS',
    headers: (key) => ({ Authorization: basic(key), Accept: TAXII, 'Content-Type': TAXII }),
    body: bundle,
    batch: 5,
    before: [`${ROOT}/`, `${ROOT}/collections/`],
  },
  {
    name: 'python-stix2 sink',
    headers: (key) => ({ Authorization: `Token ${key}`, Accept: TAXII, 'Content-Type': TAXII }),
    body: bundle,
    batch: 10,
    before: [],
  },
  {
    name: 'a client that sends two content types as one header',
    headers: (key) => ({
      Authorization: basic(key),
      Accept: `${TAXII}, application/stix+json;version=2.1`,
      'Content-Type': `${TAXII}, application/stix+json;version=2.1`,
    }),
    body: bundle,
    batch: 10,
    before: [],
  },
]

describe('pushing', () => {
  it.each(pushers.map((pusher) => [pusher.name, pusher] as const))(
    '%s gets everything stored, and told so',
    async (_, { headers, body, batch, before }) => {
      const collection = await createCollection()
      const key = await createWriter()
      for (const path of before) {
        expect((await ask(path, { headers: headers(key) })).status).toBe(200)
      }
      const objects = indicators(20)
      for (let start = 0; start < objects.length; start += batch) {
        const part = objects.slice(start, start + batch)
        const sent: Asked = { method: 'POST', headers: headers(key), body: body(part) }
        const { status, json } = await ask(`${ROOT}/collections/${collection.id}/objects/`, sent)
        expect([status, json.success_count, json.failure_count]).toEqual([202, part.length, 0])
        expect((await ask(`${ROOT}/status/${json.id}/`, { key })).json).toEqual(json)
      }
      const path = `${ROOT}/collections/${collection.id}/objects/?limit=1000`
      expect((await ask(path, { key })).json.objects).toEqual(objects)
    },
  )
})
