// TAXII 2.1 §3.6: the error message, for every status that a request can bring about.
import { beforeAll, describe, expect, it } from 'vitest'
import { sendText } from '../../support/endpoints.ts'
import { type Asked, ask, ROOT } from '../../support/http.ts'
import { holdClock } from '../../support/key-object.ts'
import { expectRefusal } from '../../support/refusal.ts'
import { askUnder } from '../../support/settings.ts'
import { createCollection, createKey, createReader, createWriter } from '../../support/world.ts'

let objects: string
let reader: string
let writer: string

beforeAll(async () => {
  objects = `${ROOT}/collections/${(await createCollection()).id}/objects/`
  reader = await createReader()
  writer = await createWriter()
})

type Row = [status: number, code: string, tail: string, asked: () => Asked]

describe('§3.6.1, E-3, D20: a refusal is an error message in the TAXII content type', () => {
  it.each<Row>([
    [400, 'invalid_parameter', '?limit=0', () => ({ key: reader })],
    [400, 'invalid_envelope', '', () => ({ key: writer, ...sendText('{') })],
    [401, 'missing_api_key', '', () => ({})],
    [401, 'invalid_api_key', '', () => ({ key: `${reader}x` })],
    [403, 'insufficient_scope', '', () => ({ key: reader, ...sendText('{}') })],
    [404, 'not_found', 'indicator--0/', () => ({ key: reader })],
    [405, 'method_not_allowed', '', () => ({ key: reader, method: 'PUT' })],
    [406, 'not_acceptable', '', () => ({ key: reader, headers: { Accept: 'text/html' } })],
    [413, 'payload_too_large', '', () => ({ key: writer, ...sendText('x'.repeat(1001)) })],
    [415, 'unsupported_media_type', '', () => ({ key: writer, ...sendText('{}', 'text/plain') })],
    [422, 'invalid_envelope', '', () => ({ key: writer, ...sendText('[]') })],
  ])('%i %s', async (status, code, tail, asked) => {
    const answer = await askUnder({ MAX_CONTENT_LENGTH: '1000' }, `${objects}${tail}`, asked())
    expectRefusal(answer, { status, code })
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
  })

  it('429 rate_limit_exceeded', async () => {
    const spent = await createKey({ per_minute: 1 })
    await holdClock(spent)
    const answer = await ask(objects, { key: spent.key })
    expectRefusal(answer, { status: 429, code: 'rate_limit_exceeded' })
  })
})
