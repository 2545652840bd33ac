// TAXII 2.1 §5.5: objects that are refused one by one, in requests that are otherwise good; large
// requests; and bodies that are no envelope at all.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { OBJECTS_PER_REQUEST_MAX } from '../../../src/ingest/limits.ts'
import { sendObjects, sendText } from '../../support/endpoints.ts'
import { ask, ROOT } from '../../support/http.ts'
import { expectRefusal } from '../../support/refusal.ts'
import { identity, indicator, observable, stixId } from '../../support/stix.ts'
import { byNextAlone, walk } from '../../support/walk.ts'
import { createCollection, createWriter, type TestCollection } from '../../support/world.ts'

let collection: TestCollection
let key: string

beforeAll(async () => {
  key = await createWriter()
})

beforeEach(async () => {
  collection = await createCollection()
})

const objectsPath = () => `${ROOT}/collections/${collection.id}/objects/`
const sendBody = (text: string) => ask(objectsPath(), { key, ...sendText(text) })
const stored = async () => (await ask(objectsPath(), { key })).json.objects

const good = indicator()
const text = JSON.stringify(good)
const member = (json: string) => text.replace('"spec_version"', `${json},"spec_version"`)
const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

describe('P-5: one bad object never sinks the rest', () => {
  it.each<[what: string, object: string, id: string]>([
    ['a number', '17', 'unknown'],
    ['null', 'null', 'unknown'],
    ['a text', '"indicator"', 'unknown'],
    ['a list', '[]', 'unknown'],
    ['an empty object', '{}', 'unknown'],
    ['no id', '{"type":"indicator"}', 'unknown'],
    ['no type', '{"id":"x"}', 'x'],
    ['an id of another type', text.replace('"indicator"', '"malware"'), good.id],
    ['an id that is no UUID', text.replace(good.id, 'indicator--1'), 'indicator--1'],
    ['an unknown spec_version', text.replace('"2.1"', '"9.9"'), good.id],
    ['a spec_version that is a number', text.replace('"2.1"', '2.1'), good.id],
    ['no pattern', text.replace('"pattern":', '"x_pattern":'), good.id],
    ['a date that is none', text.replaceAll('2024-05-01', '2024-02-30'), good.id],
    [
      'modified before created',
      JSON.stringify({ ...good, modified: '2020-01-01T00:00:00Z' }),
      good.id,
    ],
    ['a bundle', JSON.stringify({ type: 'bundle', id: stixId('bundle'), objects: [] }), ''],
    ['a key twice', member('"name":"a","name":"b"'), good.id],
    ['a key twice, escaped', member('"name":"a","n\\u0061me":"b"'), good.id],
    ['half a surrogate pair', member('"name":"\\ud800"'), good.id],
    ['half a surrogate pair as a key', member('"\\udc00":1'), good.id],
    ['nesting 200 deep', member(`"x_deep":${deep(200)}`), good.id],
    ['nesting 500 deep', member(`"x_deep":${deep(500)}`), good.id],
    ['nesting 100,000 deep', member(`"x_deep":${deep(100_000)}`), good.id],
    ['objects 100,000 deep', member(`"x":${'{"x":'.repeat(1e5)}1${'}'.repeat(1e5)}`), good.id],
    ['an empty list', member('"labels":[]'), good.id],
    ['3 MB', `${text.slice(0, -1)},"description":"${'x'.repeat(3_000_000)}"}`, good.id],
    ['3 MB before its id', `{"a":"${'x'.repeat(3_000_000)}",${text.slice(1)}`, 'unknown'],
  ])('%s is a failure with a reason', async (_, object, id) => {
    const [before, after] = [indicator(), identity()]
    const body = `{"objects":[${JSON.stringify(before)},${object},${JSON.stringify(after)}]}`
    const { status, json } = await sendBody(body)
    expect(status).toBe(202)
    expect(json).toMatchObject({ total_count: 3, success_count: 2, failure_count: 1 })
    expect(json.successes.map((each: { id: string }) => each.id)).toEqual([before.id, after.id])
    const [failure] = json.failures
    expect(failure.message).toMatch(/\S{2}/)
    expect(failure.version).toMatch(/^\d{4}-\d\d-\d\dT/)
    if (id !== '') expect(failure.id).toBe(id)
    expect(await stored()).toEqual([before, after])
  })

  it('P-13: takes no bundle for an object, however whole it is', async () => {
    const bundle = { type: 'bundle', id: stixId('bundle'), objects: [indicator()] }
    const { json } = await sendBody(JSON.stringify({ objects: [bundle] }))
    expect(json).toMatchObject({ success_count: 0, failure_count: 1 })
    expect(json.failures[0]).toMatchObject({
      id: bundle.id,
      message: expect.stringMatching(/bundle/),
    })
    expect(await stored()).toEqual([])
  })

  it('names the property that is at fault', async () => {
    const { json } = await sendBody(`{"objects":[${text.replace('"pattern":', '"x_pattern":')}]}`)
    expect(json.failures[0].message).toContain('pattern')
  })

  it('P-5: a request whose objects are all bad is still a status', async () => {
    const { status, json } = await sendBody('{"objects":[{},{},17]}')
    expect(status).toBe(202)
    expect(json).toMatchObject({ total_count: 3, success_count: 0, failure_count: 3 })
    expect(json.failures).toHaveLength(3)
  })
})

describe('many objects', () => {
  const varied = (index: number) => {
    const made = [
      () => indicator({ name: `Indicator ${index}` }),
      () => identity({ name: `Identity ${index}` }),
      () => observable('ipv4-addr', `198.51.100.${index % 256}`),
      () => observable('domain-name', `host-${index}.example`),
      () => ({ type: 'indicator', id: `broken-${index}` }),
    ]
    return made[index % made.length]?.() ?? {}
  }

  it('P-9: 1,000 objects have one status with complete lists, kept whole', async () => {
    const objects = Array.from({ length: 1000 }, (_, index) => varied(index))
    const added = await ask(objectsPath(), { key, ...sendObjects(objects) })
    expect(added.json).toMatchObject({
      total_count: 1000,
      success_count: 800,
      failure_count: 200,
      pending_count: 0,
    })
    expect([added.json.successes.length, added.json.failures.length]).toEqual([800, 200])
    const later = await ask(`${ROOT}/status/${added.json.id}/`, { key })
    expect(later.json).toEqual(added.json)
    const { ids } = await walk(objectsPath(), key, { limit: '300' }, byNextAlone)
    expect(ids).toEqual(added.json.successes.map(({ id }: { id: string }) => id))
  })

  it('P-9: keeps a status of more than one stored part whole', async () => {
    const body = `{"objects":[${Array.from({ length: 20_000 }, () => '{}').join(',')}]}`
    const added = await sendBody(body)
    expect(added.json).toMatchObject({ total_count: 20_000, failure_count: 20_000 })
    const later = await ask(`${ROOT}/status/${added.json.id}/`, { key })
    expect(later.text).toBe(added.text)
  })

  it('are refused as a whole when they are more than a status can tell of', async () => {
    const objects = Array.from({ length: OBJECTS_PER_REQUEST_MAX }, () => '{}')
    const answer = await sendBody(`{"objects":[${text},${objects.join(',')}]}`)
    expectRefusal(answer, { status: 422, code: 'invalid_envelope' })
    expect(answer.json.description).toContain('too many objects')
    expect(await stored()).toEqual([])
  })
})

describe('P-6, D12: a body that is no envelope', () => {
  it.each<[what: string, body: string, status: number]>([
    ['nothing', '', 400],
    ['space', '  \n', 400],
    ['broken JSON', '{"objects":[{]}', 400],
    ['JSON that ends early', `{"objects":[${text}`, 400],
    ['text after the JSON', `{"objects":[${text}]} and more`, 400],
    ['two envelopes', `{"objects":[${text}]}{"objects":[]}`, 400],
    ['NDJSON', `${text}\n${text}`, 400],
    ['XML', '<objects/>', 400],
    ['a form', 'objects=1', 400],
    ['a list', `[${text}]`, 422],
    ['an empty list', '[]', 422],
    ['an empty object', '{}', 422],
    ['no objects', '{"more":false}', 422],
    ['an object by itself', text, 422],
    ['objects that are an object', '{"objects":{}}', 422],
    ['objects that are null', '{"objects":null}', 422],
    ['an empty list of objects', '{"objects":[]}', 422],
    ['objects twice', `{"objects":[${text}],"objects":[${text}]}`, 422],
    ['an empty bundle', `{"type":"bundle","id":"${stixId('bundle')}"}`, 422],
  ])('%s', async (_, body, status) => {
    expectRefusal(await sendBody(body), { status, code: 'invalid_envelope' })
    expect(await stored()).toEqual([])
  })

  it.each<[what: string, body: string, status: number]>([
    ['null', 'null', 422],
    ['a number', ' 17 ', 422],
    ['a text', '"objects"', 422],
    ['a word that is none of JSON', 'nul', 400],
    ['a list of what is no JSON', `[${text},nonsense]`, 400],
    ['an object by itself that is no JSON', '{"type":"indicator",}', 400],
    ['objects that are a broken object', '{"objects":{,}}', 400],
    ['objects twice, and broken behind that', `{"objects":[${text}],"objects":[],}`, 400],
    ['no objects, and broken', '{"objects":[],"x":tru}', 400],
  ])('D12: %s', async (_, body, status) => {
    expectRefusal(await sendBody(body), { status, code: 'invalid_envelope' })
    expect(await stored()).toEqual([])
  })

  it.each<[what: string, object: string]>([
    ['a comma too many', '{"type":"indicator",}'],
    ['a word', 'nonsense'],
    ['a number that is none', '01'],
    ['a name without quotes', '{type:"indicator"}'],
    ['a comment', '{/* of the sender */}'],
    ['a bare line feed in a text', member('"name":"a\nb"')],
    ['an escape that is none', member('"name":"\\x"')],
    ['NaN', member('"confidence":NaN')],
    ['a fault 500 deep', member(`"x_deep":${deep(500).replace('[]', '[tru]')}`)],
    ['a fault in 3 MB', `{"a":"${'x'.repeat(3_000_000)}",}`],
  ])('D12: one object of which is not JSON: %s', async (_, object) => {
    const before = JSON.stringify(indicator())
    const head = `{"objects":[${before}, `
    for (const body of [`${head}${object},${text}]}`, `${head}${object}],"more":false}`]) {
      const answer = await sendBody(body)
      expectRefusal(answer, { status: 400, code: 'invalid_envelope' })
      expect(answer.json.description).toMatch(/^Object 2 of [23], /)
      expect(answer.json.description).toContain(`character ${head.length + 1},`)
      expect(await stored()).toEqual([])
    }
  })

  it('D12: says where, be it between the objects or around them', async () => {
    const between = await sendBody(`{"objects":[${text} ${text}]}`)
    expect(between.json.description).toContain(`character ${text.length + 14}`)
    const around = await sendBody(`{"more":fals,"objects":[${text}]}`)
    expect(around.json.description).toContain('around its objects is not JSON')
  })

  it('D12: names the first broken object, though another is too long to be read', async () => {
    const long = `{"a":"${'x'.repeat(3_000_000)}",}`
    const places: string[] = []
    for (const objects of [[text, long, '{,}'], [text, '{,}', long], [long]]) {
      places.push((await sendBody(`{"objects":[${objects}]}`)).json.description.slice(0, 13))
    }
    expect(places).toEqual(['Object 2 of 3', 'Object 2 of 3', 'Object 1 of 1'])
  })

  it.each<[what: string, around: string]>([
    ['a name twice', '"more":false,"more":true'],
    ['a name twice, escaped', '"more":false,"m\\u006fre":true'],
    ['a name twice below', '"x_note":{"a":1,"a":2}'],
    ['half a surrogate pair', '"x_note":"\\ud800"'],
    ['half a surrogate pair as a name', '"\\udc00":1'],
    ['nesting 200 deep', `"x_note":${deep(200)}`],
  ])('E-13: %s in the envelope', async (_, around) => {
    for (const body of [`{${around},"objects":[${text}]}`, `{"objects":[${text}],${around}}`]) {
      expectRefusal(await sendBody(body), { status: 422, code: 'invalid_envelope' })
      expect(await stored()).toEqual([])
    }
  })

  it.each<[what: string, bytes: number[]]>([
    ['bytes that are no UTF-8', [0x7b, 0xff, 0xfe, 0x7d]],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0, 0x7d, 0]],
    ['a UTF-8 surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a character cut off at the end', [0x22, 0xc3]],
  ])('E-13: %s', async (_, bytes) => {
    const asked = { ...sendText(''), body: new Uint8Array(bytes) }
    const answer = await ask(objectsPath(), { key, ...asked })
    expectRefusal(answer, { status: 400, code: 'invalid_envelope' })
  })

  it('nesting deeper than an object that can be stored has characters', async () => {
    const object = member(`"x_deep":${deep(2_000_000)}`)
    const answer = await sendBody(`{"objects":[${text},${object}]}`)
    expectRefusal(answer, { status: 400, code: 'invalid_envelope' })
    expect(answer.json.description).toContain('nested deeper')
    expect(await stored()).toEqual([])
  })

  it('takes a byte order mark, which some senders write', async () => {
    const bom = new Uint8Array([0xef, 0xbb, 0xbf])
    const bytes = new Blob([bom, `{"objects":[${text}]}`])
    const { status } = await ask(objectsPath(), { key, ...sendText(''), body: bytes })
    expect(status).toBe(202)
  })
})
