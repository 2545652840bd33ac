// Requests as large as they may be: D1 bounds the values, the depth and the text of a statement, and
// whatever a page says of its successor must be taken back.
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { interopFilters } from '../../../src/taxii/interop-filters.ts'
import { ask, ROOT } from '../../support/http.ts'
import { expectBadParameter } from '../../support/refusal.ts'
import { indicator, indicators, stixId } from '../../support/stix.ts'
import { byNext, byNextAlone, walk } from '../../support/walk.ts'
import { createCollection, createReader, importObjects } from '../../support/world.ts'

vi.setConfig({ testTimeout: 60_000 })

const VALUES_MAX = 100
const objects = indicators(VALUES_MAX)
const ids = objects.map(({ id }) => id)

let path: string
let key: string

beforeAll(async () => {
  const collection = await createCollection()
  key = await createReader({ per_minute: 1_000_000 })
  await importObjects(collection, objects)
  path = `${ROOT}/collections/${collection.id}/objects/`
})

describe('a hundred ids', () => {
  const first = { limit: '9', 'match[id]': ids.join(',') }

  it('are walked by next alone', async () => {
    expect((await walk(path, key, first, byNextAlone)).ids).toEqual(ids)
  })

  it('are walked by next with the ids repeated', async () => {
    expect((await walk(path, key, first, byNext(first))).ids).toEqual(ids)
  })

  it('may be referred to, each of them', async () => {
    const collection = await createCollection()
    const notes = [ids[0], stixId('indicator'), ids[99]].map((ref) => indicator({ x_ref: ref }))
    await importObjects(collection, notes)
    const query = new URLSearchParams({ 'match[relationships-all]': ids.join(',') })
    const { json } = await ask(`${ROOT}/collections/${collection.id}/objects/?${query}`, { key })
    expect(json.objects).toEqual([notes[0], notes[2]])
  })
})

describe('every filter at once', () => {
  const texts = ['x', '1', 'true', 'clear', '2024-01-01T00:00:00Z']
  const query = Object.fromEntries(
    Object.entries(interopFilters).map(([name, { parameter }]) => [
      name,
      texts.find((text) => parameter.schema.safeParse(text).success) ?? '',
    ]),
  )

  it('finds nothing, which is an answer', async () => {
    const { status, json } = await ask(`${path}?${new URLSearchParams(query)}`, { key })
    expect([status, json.objects]).toEqual([200, []])
  })
})

describe('filters that change along a walk', () => {
  const asked = (type: string, next = '') =>
    ask(`${path}?${new URLSearchParams({ limit: '1', 'match[type]': type, next })}`, { key })

  it('gather up to eight; the ninth is refused, and it is said why', async () => {
    let answer = await asked('indicator')
    for (const type of 'abcdefg') {
      answer = await asked(`indicator,${type}`, answer.json.next)
      expect(answer.status).toBe(200)
    }
    expect((await asked('indicator,g', answer.json.next)).status).toBe(200)
    expectBadParameter(await asked('indicator,h', answer.json.next), 'next')
  })
})
