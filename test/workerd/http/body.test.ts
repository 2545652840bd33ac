// How much of a body is read: every byte is counted, wherever its length comes from, and nothing
// beyond the first byte too many (TAXII 2.1 §4.2.1, P-7).
import { beforeAll, describe, expect, it } from 'vitest'
import { sendText } from '../../support/endpoints.ts'
import { ask, ROOT } from '../../support/http.ts'
import { expectRefusal } from '../../support/refusal.ts'
import { askUnder } from '../../support/settings.ts'
import { indicator } from '../../support/stix.ts'
import { createCollection, createReader, createWriter } from '../../support/world.ts'

const BYTES_MAX = 10_000
const settings = { MAX_CONTENT_LENGTH: String(BYTES_MAX) }
const tooLarge = { status: 413, code: 'payload_too_large' }

let path: string
let key: string

beforeAll(async () => {
  path = `${ROOT}/collections/${(await createCollection()).id}/objects/`
  key = await createWriter()
})

/** An envelope of exactly so many bytes, one of its characters taking two. */
function envelopeOf(bytes: number): string {
  const object = indicator({ description: 'é' })
  const bare = JSON.stringify({ objects: [object] })
  const padding = bytes - new TextEncoder().encode(bare).byteLength
  return bare.replace('é', `é${'x'.repeat(padding)}`)
}

/** The text in chunks, with no length known beforehand. */
function streamOf(text: string, chunkBytes = 1000): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.byteLength) return controller.close()
      controller.enqueue(bytes.slice(at, at + chunkBytes))
      at += chunkBytes
    },
  })
}

const send = (body: BodyInit, headers: Record<string, string> = {}) => {
  const asked = sendText('')
  return askUnder(settings, path, {
    ...asked,
    headers: { ...asked.headers, ...headers },
    key,
    body,
  })
}

describe('P-7: a body whose length is known', () => {
  it.each([BYTES_MAX - 1, BYTES_MAX])('of %i bytes is taken', async (bytes) => {
    const { status, json } = await send(envelopeOf(bytes))
    expect([status, json.success_count]).toEqual([202, 1])
  })

  it('of one byte more is refused, and the limit is named', async () => {
    const answer = await send(envelopeOf(BYTES_MAX + 1))
    expectRefusal(answer, tooLarge)
    expect(answer.json.details).toEqual({ max_content_length: BYTES_MAX })
  })

  it('is counted in bytes, not in characters', async () => {
    const text = envelopeOf(BYTES_MAX + 1)
    expect(text.length).toBe(BYTES_MAX)
    expectRefusal(await send(text), tooLarge)
  })
})

describe('P-7: a chunked body', () => {
  it.each([1, 999, 1000, 100_000])('in chunks of %i bytes is taken at the limit', async (chunk) => {
    const { status, json } = await send(streamOf(envelopeOf(BYTES_MAX), chunk))
    expect([status, json.success_count]).toEqual([202, 1])
  })

  it.each([1, 999, 1000, 100_000])('in chunks of %i bytes is refused beyond it', async (chunk) => {
    expectRefusal(await send(streamOf(envelopeOf(BYTES_MAX + 1), chunk)), tooLarge)
  })

  it('that would never end is read no further than the limit', async () => {
    let chunks = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        chunks++
        controller.enqueue(new Uint8Array(1000).fill(0x20))
      },
    })
    expectRefusal(await send(endless), tooLarge)
    expect(chunks).toBeLessThan(BYTES_MAX / 1000 + 5)
  })

  it('is refused at once when it announces too much', async () => {
    let chunks = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        chunks++
        controller.enqueue(new Uint8Array(1000))
      },
    })
    expectRefusal(await send(endless, { 'Content-Length': '1000000000' }), tooLarge)
    expect(chunks).toBeLessThan(5)
  })

  it.each(['-1', 'x', '1e3', ''])('does not trust a length of %s', async (length) => {
    const headers = { 'Content-Length': length }
    const text = envelopeOf(BYTES_MAX + 1)
    expectRefusal(await send(streamOf(text), headers), tooLarge)
  })

  it('that breaks off is refused, and nothing is stored', async () => {
    const object = indicator()
    const cut = `{"objects":[${JSON.stringify(object)},`
    expectRefusal(await send(streamOf(cut)), { status: 400, code: 'invalid_envelope' })
    const found = await ask(`${path}${object.id}/`, { key })
    expect(found.status).toBe(404)
  })

  it('may cut a character in two', async () => {
    const { status, json } = await send(streamOf(envelopeOf(2000), 1))
    expect([status, json.success_count]).toEqual([202, 1])
  })
})

describe('the order of refusals', () => {
  it('who may not write is told so, whatever the body', async () => {
    const reader = await createReader()
    const asked = { ...sendText(envelopeOf(BYTES_MAX + 1), 'text/plain'), key: reader }
    expect((await askUnder(settings, path, asked)).status).toBe(403)
  })

  it('the type is judged before the size, the size before the JSON', async () => {
    const oversized = `not json ${'x'.repeat(BYTES_MAX)}`
    const asked = { ...sendText(oversized, 'text/plain'), key }
    expect((await askUnder(settings, path, asked)).status).toBe(415)
    expect((await send(oversized)).status).toBe(413)
  })
})

it('the shipped limit is that of the API root, and holds', async () => {
  const { json } = await ask(`${ROOT}/`, { key })
  const atLimit = await ask(path, { key, ...sendText(' '.repeat(json.max_content_length)) })
  expectRefusal(atLimit, { status: 400, code: 'invalid_envelope' })
  const beyond = await ask(path, { key, ...sendText(' '.repeat(json.max_content_length + 1)) })
  expectRefusal(beyond, tooLarge)
})
