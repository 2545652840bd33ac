// Records that are brought in over HTTP: where they come to stand, what is refused, and what happens
// when a request is repeated.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { BASE_MS, dateAt, dateOf, recordAt, sendLines, takeLines } from '../../support/backup.ts'
import { type Answer, ask, operate, ROOT } from '../../support/http.ts'
import { expectRefusal } from '../../support/refusal.ts'
import { identity, indicator } from '../../support/stix.ts'
import {
  createCollection,
  createReader,
  importObjects,
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

const shown = async (query = '') =>
  (await ask(`${ROOT}/collections/${collection.id}/objects/${query}`, { key })).json.objects
const manifest = async (id: string) =>
  (await ask(`${ROOT}/collections/${id}/manifest/?match[version]=all`, { key })).json.objects

describe('records that are brought in', () => {
  it('stand at their dates, and what is added later comes after them', async () => {
    const lines = [recordAt(1), recordAt(2), recordAt(5_000)]
    expect((await sendLines(collection.id, lines)).json).toEqual({
      ...{ received: 3, added: 3, already_there: 0 },
      refused: [],
    })
    const dates = (await manifest(collection.id)).map(
      ({ date_added }: { date_added: string }) => Date.parse(date_added) - BASE_MS,
    )
    expect(dates).toEqual([1, 2, 5_000])
    const startedMs = Date.now()
    await importObjects(collection, [indicator()])
    const [added] = (await takeLines(collection.id)).slice(-1)
    expect(Date.parse(dateOf(added ?? ''))).toBeGreaterThan(startedMs - 2_000)
  })

  it('that lie ahead of the clock are followed by later dates still', async () => {
    const ahead = Date.now() + 3_600_000 - BASE_MS
    await sendLines(collection.id, [recordAt(ahead)])
    await importObjects(collection, [indicator()])
    const lines = await takeLines(collection.id)
    expect(Date.parse(dateOf(lines[1] ?? ''))).toBe(BASE_MS + ahead + 1)
  })

  it('come in several requests, each going on where the one before it ended', async () => {
    const lines = Array.from({ length: 7 }, (_, n) => recordAt(n * 10))
    lines.shift()
    await sendLines(collection.id, lines.slice(0, 2))
    await sendLines(collection.id, lines.slice(2, 3), dateAt(20))
    await sendLines(collection.id, lines.slice(3), dateAt(30))
    expect((await takeLines(collection.id)).map((line) => JSON.parse(line).object)).toEqual(
      lines.map((line) => JSON.parse(line).object),
    )
  })

  it('are recognised when they are sent again, wherever the first attempt ended', async () => {
    const lines = Array.from({ length: 6 }, (_, n) => recordAt(10 + n))
    for (const got of [1, 3, 5, 6]) {
      const { id } = await createCollection()
      await sendLines(id, lines.slice(0, got))
      const again = await sendLines(id, lines)
      expect(again.json).toEqual({
        ...{ received: 6, added: 6 - got, already_there: got },
        refused: [],
      })
      expect(await takeLines(id)).toHaveLength(6)
      // Part of what is in, while more is in already.
      const part = await sendLines(id, lines.slice(0, 2))
      expect(part.json).toMatchObject({ received: 2, added: 0, already_there: 2 })
    }
  })

  it('are judged one by one, as in an import', async () => {
    const object = indicator()
    const lines = [
      recordAt(1, object),
      recordAt(2, { ...indicator(), pattern: undefined }),
      recordAt(3, object),
      recordAt(4, { ...object, name: 'other' }),
      `{"date_added":"${dateAt(0).slice(0, 10)}T00:00:00.005Z","object":17}`,
      `{"date_added":"${dateAt(0).slice(0, 10)}T00:00:00.006Z","text":"{"}`,
      recordAt(7),
      recordAt(8, { ...indicator(), spec_version: '2.0' }),
    ]
    const first = await sendLines(collection.id, lines)
    expect(first.json).toMatchObject({ received: 8, added: 2, already_there: 1 })
    expect(first.json.refused.map(({ index }: { index: number }) => index)).toEqual([1, 3, 4, 5, 7])
    expect(await shown()).toHaveLength(2)
    // The last date is that of the last record, though it was refused.
    expect((await sendLines(collection.id, [recordAt(9)], dateAt(8))).json).toMatchObject({
      added: 1,
    })
    const again = await sendLines(collection.id, lines)
    expect(again.json).toEqual({ ...first.json, added: 0, already_there: 3 })
  })

  it('settle which version is current, whatever the order', async () => {
    const object = indicator()
    const version = (day: number) => ({ ...object, modified: `2024-06-0${day}T10:00:00.000Z` })
    await sendLines(
      collection.id,
      [2, 1, 3].map((day, at) => recordAt(at + 1, version(day))),
    )
    expect(await shown()).toEqual([version(3)])
    expect(await shown('?match[version]=first')).toEqual([version(1)])
    await sendLines(collection.id, [recordAt(9, version(2)), recordAt(10, version(4))], dateAt(3))
    expect(await shown()).toEqual([version(4)])
  })

  it('reach the views of the collection, dated by the clock there', async () => {
    const view = await createCollection({
      can_write: false,
      view: { of: collection.id, types: ['indicator'] },
    })
    await sendLines(collection.id, [recordAt(1), recordAt(2, identity()), recordAt(3)])
    const lines = await takeLines(view.id)
    expect(lines).toHaveLength(2)
    for (const line of lines) expect(Date.parse(dateOf(line))).toBeGreaterThan(Date.now() - 60_000)
  })

  it('may be more than one transaction takes', async () => {
    const lines = Array.from({ length: 4_500 }, (_, n) => recordAt(n + 1))
    expect((await sendLines(collection.id, lines)).json).toMatchObject({ added: 4_500 })
    expect((await takeLines(collection.id)).map(dateOf)).toEqual(
      lines.map((line) => dateOf(line).replace('Z', '000Z')),
    )
  })
})

describe('records that are refused as a whole', () => {
  const [one, two] = [recordAt(1), recordAt(2)]

  it.each<[what: string, lines: string[], record: string]>([
    ['dates that do not rise', [one, two, recordAt(2)], 'record 3'],
    ['dates that fall', [two, one], 'record 2'],
    ['a date finer than milliseconds', [one.replace('.001Z', '.0015Z')], 'record 1'],
    [
      'a date that is none',
      [one, two.replace(`${dateAt(0).slice(0, 10)}T`, '2025-02-30T')],
      'record 2',
    ],
    ['a date far ahead', [one, recordAt(Date.now())], 'record 2'],
    ['no date', [`{"object":${JSON.stringify(indicator())}}`], 'record 1'],
    ['a bare object', [JSON.stringify(indicator())], 'record 1'],
    ['no object', [one, `{"date_added":"${dateAt(0).slice(0, 10)}T00:00:00.009Z"}`], 'record 2'],
    ['an object and a text', [one.replace('{"date', '{"text":"{}","date')], 'record 1'],
    [
      'two dates',
      [one.replace('{"date', `{"date_added":"${dateAt(0).slice(0, 10)}T00:00:00Z","date`)],
      'record 1',
    ],
    [
      'a view’s record',
      [`{"date_added":"${dateAt(0).slice(0, 10)}T00:00:00Z","id":"x","version":null}`],
      'record 1',
    ],
  ])('%s', async (_, lines, record) => {
    const answer = await sendLines(collection.id, lines)
    expectRefusal(answer, { status: 400, code: 'invalid_body', contentType: JSON_TYPE })
    expect(answer.json.details.problems[0].path).toBe(record)
    expect(await takeLines(collection.id)).toEqual([])
  })

  it.each(['{', `${one}\n{"date_added":`, '17'])('a text that is no NDJSON: %s', async (body) => {
    const answer = await sendLines(collection.id, [body])
    expect(answer.status).toBe(400)
    expect(await takeLines(collection.id)).toEqual([])
  })

  it('a date that is not after the one they go on from', async () => {
    await sendLines(collection.id, [one, two])
    const answer = await sendLines(collection.id, [two], dateAt(2))
    expectRefusal(answer, { status: 400, code: 'invalid_body', contentType: JSON_TYPE })
  })

  const expectElsewhere = (answer: Answer) => {
    expectRefusal(answer, { status: 409, code: 'conflict', contentType: JSON_TYPE })
    expect(answer.json.details.property).toBe('after')
  }

  it('records for a collection that has other objects, or once had some', async () => {
    const object = indicator()
    await importObjects(collection, [object])
    expectElsewhere(await sendLines(collection.id, [one]))
    const { key: writer } = (
      await operate('POST', '/keys/', { tier: 'pro', scopes: ['read:stix', 'write:stix'] })
    ).json
    const path = `${ROOT}/collections/${collection.id}/objects/${object.id}/`
    expect((await ask(path, { method: 'DELETE', key: writer })).status).toBe(200)
    expectElsewhere(await sendLines(collection.id, [one]))
  })

  it('records after something else was written', async () => {
    await sendLines(collection.id, [one])
    await importObjects(collection, [indicator()])
    expectElsewhere(await sendLines(collection.id, [two], dateAt(1)))
    expectElsewhere(await sendLines(collection.id, [one, two]))
    expect(await takeLines(collection.id)).toHaveLength(2)
  })

  it('records that leave some out', async () => {
    await sendLines(collection.id, [one])
    expectElsewhere(await sendLines(collection.id, [recordAt(9)], dateAt(5)))
    expectElsewhere(await sendLines((await createCollection()).id, [two], dateAt(1)))
  })

  it('of two that bring in at once, one', async () => {
    const sent = [0, 1].map(() =>
      sendLines(
        collection.id,
        Array.from({ length: 50 }, (_, n) => recordAt(n + 1)),
      ),
    )
    const statuses = (await Promise.all(sent)).map(({ status }) => status)
    expect(statuses.toSorted()).toEqual([200, 409])
    expect(await takeLines(collection.id)).toHaveLength(50)
  })

  it('other records that happen to have the same dates', async () => {
    await sendLines(collection.id, [one, two])
    expectElsewhere(await sendLines(collection.id, [recordAt(1), recordAt(2)]))
    expectElsewhere(await sendLines(collection.id, [recordAt(1), two]))
    expectElsewhere(await sendLines(collection.id, [recordAt(0, identity()), one]))
  })
})
