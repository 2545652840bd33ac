// Import over HTTP: what is taken, what the summary says, and what is refused as a whole.
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Answer, ask, ROOT } from '../../support/http.ts'
import { expectRefusal } from '../../support/refusal.ts'
import { askUnder } from '../../support/settings.ts'
import { identity, indicator, observable, stixId } from '../../support/stix.ts'
import { createCollection, createReader, type TestCollection } from '../../support/world.ts'

const JSON_TYPE = 'application/json'

let collection: TestCollection
let key: string

beforeAll(async () => {
  key = await createReader()
})

beforeEach(async () => {
  collection = await createCollection({ can_write: false })
})

const path = (to = collection.id) => `/admin/collections/${to}/import/`
const send = (body: BodyInit, to?: string): Promise<Answer> =>
  ask(path(to), { method: 'POST', key: env.ADMIN_TOKEN, body })
const stored = async () =>
  (await ask(`${ROOT}/collections/${collection.id}/objects/`, { key })).json.objects

const objects = [identity(), indicator(), observable('url', 'https://c2.example/')]
const [one, two, three] = objects.map((object) => JSON.stringify(object))

describe('what is taken', () => {
  it.each<[what: string, body: string]>([
    ['an envelope', `{"objects":[${one},${two},${three}]}`],
    ['a bundle', `{"type":"bundle","id":"${stixId('bundle')}","objects":[${one},${two},${three}]}`],
    ['a list', `[${one},${two},${three}]`],
    ['NDJSON', `${one}\n${two}\n${three}\n`],
    ['NDJSON with empty lines', `\n${one}\n\n\n${two}\r\n${three}`],
    [
      'bundles one after the other',
      `{"type":"bundle","objects":[${one}]}\n{"objects":[${two},${three}]}`,
    ],
  ])('%s', async (_, body) => {
    const { status, json } = await send(body)
    expect([status, json]).toEqual([200, { received: 3, added: 3, already_there: 0, refused: [] }])
    expect(await stored()).toEqual(objects)
  })

  it('by alias as by id', async () => {
    expect((await send(`[${one}]`, collection.alias)).json.added).toBe(1)
  })

  it('the same again changes nothing', async () => {
    await send(`[${one},${two}]`)
    const { json } = await send(`[${one},${two},${three}]`)
    expect(json).toEqual({ received: 3, added: 1, already_there: 2, refused: [] })
    expect(await stored()).toEqual(objects)
  })

  it('nothing at all is nothing received', async () => {
    for (const body of ['', '[]', '{"objects":[]}']) {
      expect((await send(body)).json).toMatchObject({ received: 0, added: 0 })
    }
  })
})

it('names what it refuses by place, id, version and reason', async () => {
  const bad = { ...indicator(), pattern: undefined }
  const { status, json } = await send(`[${one},17,${JSON.stringify(bad)},${two}]`)
  expect([status, json.received, json.added]).toEqual([200, 4, 2])
  expect(json.refused).toEqual([
    { index: 1, id: 'unknown', version: null, message: expect.stringMatching(/\S/) },
    { index: 2, id: bad.id, version: bad.modified, message: expect.stringContaining('pattern') },
  ])
})

it('stores what is around an object that is not JSON, be it one line of many', async () => {
  for (const body of [
    `${one}\n{"type":"indicator",}\n${two}`,
    `{"objects":[${one},nonsense,${three}]}`,
  ]) {
    const { status, json } = await send(body)
    expect(status).toBe(200)
    expect(json.refused).toEqual([
      { index: 1, id: 'unknown', version: null, message: 'is not JSON' },
    ])
  }
  expect(await stored()).toEqual(objects)
})

describe('what is refused as a whole', () => {
  it.each(['{', '[1,', 'text', '{"objects":{}}', `[${one}`, '{"objects":[]}}'])(
    '%s',
    async (body) => {
      const answer = await send(body)
      expect(answer.status).toBeLessThan(500)
      expectRefusal(answer, {
        status: answer.status,
        code: 'invalid_envelope',
        contentType: JSON_TYPE,
      })
      expect(await stored()).toEqual([])
    },
  )

  it.each([
    ['{"objects":[', 400],
    ['text', 400],
    ['[1,', 400],
    ['{"objects":{}}', 422],
    ['{"objects":"none"}', 422],
  ])('%s, which is no JSON or holds no list, with %i', async (body, status) => {
    expect((await send(body)).status).toBe(status)
  })

  it('bytes that are no text', async () => {
    const answer = await send(new Uint8Array([0x5b, 0xff, 0x5d]))
    expectRefusal(answer, { status: 400, code: 'invalid_envelope', contentType: JSON_TYPE })
  })

  it('a body beyond the limit', async () => {
    const asked = { method: 'POST', key: env.ADMIN_TOKEN, body: `[${one}${' '.repeat(2000)}]` }
    const answer = await askUnder({ MAX_CONTENT_LENGTH: '2000' }, path(), asked)
    expectRefusal(answer, { status: 413, code: 'payload_too_large', contentType: JSON_TYPE })
  })

  it('an import into a view or into nothing', async () => {
    const view = await createCollection({ view: { of: collection.id, types: ['indicator'] } })
    const intoView = await send(`[${one}]`, view.id)
    expectRefusal(intoView, { status: 409, code: 'conflict', contentType: JSON_TYPE })
    const intoNothing = await send(`[${one}]`, crypto.randomUUID())
    expectRefusal(intoNothing, { status: 404, code: 'not_found', contentType: JSON_TYPE })
  })
})
