// TAXII 2.1 §5.4 Get Objects and §3.7 Envelope: the shape of a page, and objects as they came.
import { beforeAll, describe, expect, it } from 'vitest'
import { ask, ROOT } from '../../support/http.ts'
import { identity, indicator, observable, stixId } from '../../support/stix.ts'
import { idsOf } from '../../support/walk.ts'
import {
  createCollection,
  createReader,
  importObjects,
  importText,
  type TestCollection,
} from '../../support/world.ts'

let collection: TestCollection
let key: string

const who = identity()
const objects = [who, indicator(), observable('domain-name', 'c2.example'), indicator()]

beforeAll(async () => {
  collection = await createCollection()
  key = await createReader()
  await importObjects(collection, objects)
})

const get = (query = '', { id } = collection) =>
  ask(`${ROOT}/collections/${id}/objects/${query}`, { key })

describe('an envelope', () => {
  it('§3.7: is the root object, has the objects themselves and never a bundle among them', async () => {
    const { json } = await get()
    expect(json.objects).toEqual(objects)
    expect(json.objects.some(({ type }: { type: string }) => type === 'bundle')).toBe(false)
  })

  it('D19: has the members of envelope and bundle, and no others', async () => {
    expect(Object.keys((await get()).json)).toEqual(['type', 'id', 'more', 'objects'])
    expect(Object.keys((await get('?limit=1')).json)).toEqual([
      'type',
      'id',
      'more',
      'next',
      'objects',
    ])
  })

  it('has a bundle id of its own on every page', async () => {
    expect((await get()).json.id).not.toBe((await get('?limit=1')).json.id)
  })

  it('§5.4, D18: is an empty page, not an error, when nothing matches', async () => {
    const { status, json } = await get('?match[type]=malware')
    expect(status).toBe(200)
    expect(json).toMatchObject({ more: false, objects: [] })
    expect(json).not.toHaveProperty('next')
  })

  it('keeps more, next and objects readable as one JSON text', async () => {
    const { text } = await get('?limit=2')
    expect(text).toMatch(
      /^\{"type":"bundle","id":"bundle--[0-9a-f-]{36}","more":true,"next":"[\w-]+","objects":\[/,
    )
  })
})

describe('§3.3: order', () => {
  it('is that of adding, whatever created and modified say', async () => {
    const late = indicator({
      created: '2030-01-01T00:00:00.000Z',
      modified: '2030-01-01T00:00:00.000Z',
    })
    const early = indicator({
      created: '2001-01-01T00:00:00.000Z',
      modified: '2001-01-01T00:00:00.000Z',
    })
    const shuffled = await createCollection()
    for (const object of [late, early, indicator()]) await importObjects(shuffled, [object])
    const { json } = await get('', shuffled)
    expect(idsOf(json).slice(0, 2)).toEqual([late.id, early.id])
  })
})

describe('objects as they came', () => {
  it.each([
    ['numbers', '"x_n":1.0,"x_big":12345678901234567890,"x_e":1E+2'],
    ['spacing', '"x_a" :  [ 1,\t2 ]'],
    ['escapes', '"x_s":"\\u00e9\\/\\n\\ud83d\\ude00"'],
    ['characters', '"x_s":"é 😀 \u2028 漢字"'],
    ['custom properties', '"x_vendor_score":{"deep":[{"er":null}]},"_id":"kept"'],
    ['empty text', '"x_s":""'],
  ])('§5.4: %s are returned letter for letter', async (_, members) => {
    const text = `{"type":"x-exact","spec_version":"2.1","id":"${stixId('x-exact')}",${members}}`
    const exact = await createCollection()
    const { json } = await importText(exact, `{"objects":[${text}]}`)
    expect(json.refused).toEqual([])
    expect((await get('', exact)).text).toContain(`"objects":[${text}]`)
  })

  it('§3.7: serves custom types beside those of STIX', async () => {
    const mixed = await createCollection()
    const custom = { ...indicator(), type: 'x-mitre-tactic', id: stixId('x-mitre-tactic') }
    await importObjects(mixed, [custom, who])
    expect((await get('?match[type]=x-mitre-tactic', mixed)).json.objects).toEqual([custom])
  })

  it('serves revoked objects as any others', async () => {
    const mixed = await createCollection()
    const revoked = indicator({ revoked: true })
    await importObjects(mixed, [revoked])
    expect((await get('', mixed)).json.objects).toEqual([revoked])
  })

  it('E-13: is UTF-8', async () => {
    const named = identity({ name: 'Übung 漢字 😀' })
    const mixed = await createCollection()
    await importObjects(mixed, [named])
    expect((await get('', mixed)).json.objects[0].name).toBe('Übung 漢字 😀')
  })
})
