// Export of one collection or view over HTTP: what a record holds, and how pages end.
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dateOf, sendLines, takeLines } from '../../support/backup.ts'
import { type Answer, ask, operate, ROOT } from '../../support/http.ts'
import { expectRefusal } from '../../support/refusal.ts'
import { askUnder } from '../../support/settings.ts'
import { identity, indicator, indicators, stixId } from '../../support/stix.ts'
import {
  createCollection,
  createReader,
  importObjects,
  importText,
  type TestCollection,
} from '../../support/world.ts'

const JSON_TYPE = 'application/json'

let collection: TestCollection
let key: string

beforeAll(async () => {
  key = await createReader()
})

beforeEach(async () => {
  collection = await createCollection()
})

const records = (id: string, query = '') => `/admin/collections/${id}/records/${query}`
const exported = (query = '', id = collection.id): Promise<Answer> =>
  ask(records(id, query), { key: env.ADMIN_TOKEN })
const manifest = async (id: string) =>
  (await ask(`${ROOT}/collections/${id}/manifest/?match[version]=all`, { key })).json.objects

describe('an export', () => {
  it('has every version with its date, whether current or not, in order', async () => {
    const first = indicator()
    const objects = [first, identity(), { ...first, modified: '2024-06-01T10:00:00.000Z' }]
    await importObjects(collection, objects)
    await importObjects(collection, [{ ...first, modified: '2024-05-15T10:00:00.000Z' }])
    const lines = (await takeLines(collection.id)).map((line) => JSON.parse(line))
    expect(lines.map(({ object }) => object)).toEqual([
      ...objects,
      { ...first, modified: '2024-05-15T10:00:00.000Z' },
    ])
    const dates = (await manifest(collection.id)).map(
      ({ date_added }: { date_added: string }) => date_added,
    )
    expect(lines.map(({ date_added }) => date_added)).toEqual(dates)
    for (const date of dates) expect(date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}000Z$/)
  })

  it('has the same lines in pages of any size, also when objects are large', async () => {
    await importObjects(collection, indicators(11))
    await importObjects(collection, [indicator({ description: 'é'.repeat(120_000) })])
    await importObjects(collection, indicators(3))
    const whole = await takeLines(collection.id)
    expect(whole).toHaveLength(15)
    for (const limit of [1, 2, 7, 14, 15, 5000]) {
      expect(await takeLines(collection.id, limit)).toEqual(whole)
    }
    const answer = await askUnder({ PAGE_BYTES_MAX: '100000' }, records(collection.id), {
      key: env.ADMIN_TOKEN,
    })
    const lines = answer.text.trimEnd().split('\n')
    expect(JSON.parse(lines.at(-1) ?? '').page).toMatchObject({ records: 11, more: true })
    expect(lines.slice(0, -1)).toEqual(whole.slice(0, 11))
  })

  it('keeps numbers, escapes and spaces, and puts a text of several lines into one', async () => {
    const base = JSON.stringify(indicator()).slice(0, -1)
    const texts = [
      `${base},"x_n":1.0,"x_big":123456789012345678901234567890,"x_e":"\\u00e9 é \\/"}`,
      `${base.replace(/indicator--[^"]+/, stixId('indicator'))} ,  "x_tab":\t[ ] }`,
      `${base.replace(/indicator--[^"]+/, stixId('indicator'))},\n  "x": "a\\nb"\r\n}`,
    ]
    await importText(collection, `[${texts.join(',')}]`)
    const lines = await takeLines(collection.id)
    expect(lines).toHaveLength(3)
    expect(lines[0]).toContain(`,"object":${texts[0]}}`)
    expect(lines[1]).toContain(`,"object":${texts[1]}}`)
    expect(JSON.parse(lines[2] ?? '').text).toBe(texts[2])
    const copy = await createCollection()
    expect((await sendLines(copy.id, lines)).json).toMatchObject({ added: 3, refused: [] })
    expect(await takeLines(copy.id)).toEqual(lines)
    const { text } = await ask(`${ROOT}/collections/${copy.id}/objects/`, { key })
    expect(text).toContain(`"objects":[${texts.join(',')}]`)
  })

  it('is bounded at both ends', async () => {
    await importObjects(collection, indicators(6))
    const whole = await takeLines(collection.id)
    const [, second = '', , fourth = ''] = whole
    const query = `?after=${dateOf(second)}&through=${dateOf(fourth)}`
    const { text, headers } = await exported(query)
    expect(headers.get('Content-Type')).toBe('application/x-ndjson')
    expect(text.split('\n').slice(0, 2)).toEqual(whole.slice(2, 4))
    expect(JSON.parse(text.trimEnd().split('\n').at(-1) ?? '').page).toEqual({
      records: 2,
      more: false,
      last: dateOf(fourth),
      revision: expect.any(Number),
    })
  })

  it('up to a date is not disturbed by what is written meanwhile', async () => {
    const objects = indicators(6)
    await importObjects(collection, objects)
    const whole = await takeLines(collection.id)
    const through = dateOf(whole.at(-1) ?? '')
    const first = await exported(`?through=${through}&limit=3`)
    // Later versions: what was current is so no more, and moves within the lists.
    await importObjects(
      collection,
      objects.map((object) => ({ ...object, modified: '2024-06-01T10:00:00.000Z' })),
    )
    await importObjects(collection, indicators(2))
    const rest = await exported(`?through=${through}&after=${dateOf(whole[2] ?? '')}`)
    const linesOf = ({ text }: Answer) => text.trimEnd().split('\n').slice(0, -1)
    expect([...linesOf(first), ...linesOf(rest)]).toEqual(whole)
    expect(await takeLines(collection.id, 4)).toHaveLength(14)
  })

  it('tells of a deletion by its revision', async () => {
    const [gone, kept] = [indicator(), indicator()]
    await importObjects(collection, [gone, kept])
    const revision = async () => JSON.parse((await exported('?limit=1')).text.split('\n')[1] ?? '')
    const before = (await revision()).page.revision
    const { key: writer } = (
      await operate('POST', '/keys/', { tier: 'pro', scopes: ['read:stix', 'write:stix'] })
    ).json
    const path = `${ROOT}/collections/${collection.id}/objects/${gone.id}/`
    expect((await ask(path, { method: 'DELETE', key: writer })).status).toBe(200)
    expect((await revision()).page.revision).toBeGreaterThan(before)
    expect(await takeLines(collection.id)).toHaveLength(1)
  })

  it('of a view names its members and their dates there', async () => {
    const object = indicator()
    const note = { type: 'x-note', spec_version: '2.1', id: stixId('x-note') }
    await importObjects(collection, [object, note])
    const view = await createCollection({
      can_write: false,
      view: { of: collection.id, types: ['indicator', 'x-note'] },
    })
    await importObjects(collection, [identity()])
    const lines = (await takeLines(view.id)).map((line) => JSON.parse(line))
    const dates = (await manifest(view.id)).map(
      ({ date_added }: { date_added: string }) => date_added,
    )
    const { id, modified: version } = object
    expect(lines).toEqual([
      { date_added: dates[0], id, spec_version: '2.1', version },
      { date_added: dates[1], id: note.id, spec_version: '2.1', version: null },
    ])
  })

  it.each(['after=soon', 'through=x', 'limit=0', 'after='])('refuses %s', async (query) => {
    const answer = await exported(`?${query}`)
    expectRefusal(answer, { status: 400, code: 'invalid_parameter', contentType: JSON_TYPE })
    expect(answer.json.details.parameter).toBe(query.split('=')[0])
  })
})
