// What surrounds the TAXII endpoints: paths that are none of them, the operator's API, the open
// endpoints; who is refused there, and in which content type.
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { EXPOSITION_TYPE } from '../../../src/observe/exposition.ts'
import {
  adminOperations,
  askedOf,
  fillPath,
  named,
  openOperations,
  taxiiOperations,
} from '../../support/endpoints.ts'
import { type Asked, ask, ROOT } from '../../support/http.ts'
import { expectRefusal } from '../../support/refusal.ts'
import { createKey, createReader, createWriter } from '../../support/world.ts'

const JSON_TYPE = 'application/json'

const credentials: [name: string, (secret: string) => Asked][] = [
  ['Bearer', (secret) => ({ headers: { Authorization: `Bearer ${secret}` } })],
  ['Basic', (secret) => ({ headers: { Authorization: `Basic ${btoa(`apikey:${secret}`)}` } })],
  ['Token', (secret) => ({ headers: { Authorization: `Token ${secret}` } })],
  ['X-API-Key', (secret) => ({ headers: { 'X-API-Key': secret } })],
]

/** The operator's credential is Bearer alone; a query parameter is no place for it. */
const asOperator = { headers: { Authorization: `Bearer ${env.ADMIN_TOKEN}` } }

describe.each(named(adminOperations))('%s', (_, operation) => {
  const asked = askedOf(operation)
  const path = fillPath(operation, {})

  it('is refused without a token', async () => {
    const answer = await ask(path, asked)
    expectRefusal(answer, { status: 401, code: 'missing_operator_token', contentType: JSON_TYPE })
    expect(answer.headers.get('WWW-Authenticate')).toMatch(/^Bearer realm="[^"]+"$/)
  })

  it('is refused to every kind of TAXII key, wherever it stands', async () => {
    const keys = [(await createKey({ tier: 'free' })).key, await createReader()]
    keys.push(await createWriter())
    for (const key of keys) {
      for (const [name, credential] of credentials) {
        const headers = { ...asked.headers, ...credential(key).headers }
        const answer = await ask(path, { ...asked, headers })
        const code = name === 'Bearer' ? 'invalid_operator_token' : 'missing_operator_token'
        expectRefusal(answer, { status: 401, code, contentType: JSON_TYPE })
      }
      const answer = await ask(`${path}?api_key=${key}`, asked)
      expect(answer.status).toBe(401)
    }
  })

  it('is refused to a token that differs in one character or is cut', async () => {
    const token = env.ADMIN_TOKEN
    const wrong = [
      token.slice(0, -1),
      `${token}0`,
      token.replace(/^./, (c) => (c === 'a' ? 'b' : 'a')),
    ]
    for (const each of wrong) {
      const headers = { ...asked.headers, Authorization: `Bearer ${each}` }
      const answer = await ask(path, { ...asked, headers })
      expectRefusal(answer, { status: 401, code: 'invalid_operator_token', contentType: JSON_TYPE })
    }
  })

  it('is let through to its own checks with the token', async () => {
    const headers = { ...asked.headers, ...asOperator.headers }
    const { status, headers: answered } = await ask(path, { ...asked, headers })
    expect(status).not.toBe(401)
    expect(status).toBeLessThan(500)
    // What succeeds comes as the operation offers it, a refusal in JSON.
    const isText = operation.offer === 'metrics' && status === 200
    expect(answered.get('Content-Type')).toBe(isText ? EXPOSITION_TYPE : JSON_TYPE)
  })
})

describe.each(named(taxiiOperations))('%s', (_, operation) => {
  it.each(credentials)('is refused to the operator token as %s', async (_name, credential) => {
    const asked = askedOf(operation)
    const headers = { ...asked.headers, ...credential(env.ADMIN_TOKEN).headers }
    const answer = await ask(fillPath(operation, {}), { ...asked, headers })
    expectRefusal(answer, { status: 401, code: 'invalid_api_key' })
  })
})

describe.each(named(openOperations))('%s', (_, operation) => {
  it('answers without a key', async () => {
    const answer = await ask(fillPath(operation, {}), askedOf(operation))
    expect(answer.status).toBe(operation.success.status)
    expect(answer.headers.get('Content-Type')).not.toContain('taxii')
  })

  it('refuses other methods in JSON', async () => {
    const answer = await ask(fillPath(operation, {}), { method: 'DELETE' })
    expectRefusal(answer, { status: 405, code: 'method_not_allowed', contentType: JSON_TYPE })
    expect(answer.headers.get('Allow')).toContain(operation.method)
  })
})

describe('a path that is none', () => {
  it.each([
    '/taxii2/nothing/',
    '/taxii2/api/',
    '/api/taxii2/nothing',
    `${ROOT}/nothing/`,
    `${ROOT}/collections/a/b/`,
    `${ROOT}/collections/a/objects/b/c/`,
    `${ROOT}/collections/a/objects/b/versions/c/`,
    `${ROOT}/status/`,
    `${ROOT}/channels/`,
  ])('E-16: %s is a 404 in TAXII', async (path) => {
    expectRefusal(await ask(path), { status: 404, code: 'not_found' })
  })

  it.each([
    '/',
    '/nothing',
    '/api/',
    '/api/nothing',
    '/admin/',
    '/admin/nothing/',
    '/taxii',
    '/taxii22/',
  ])('%s is a 404 in JSON', async (path) => {
    const answer = await ask(path)
    expectRefusal(answer, { status: 404, code: 'not_found', contentType: JSON_TYPE })
  })
})

describe('the request id', () => {
  it.each(['abc-123', 'a', 'x-'.repeat(64), 'req.1_2=3', `req_${'0'.repeat(32)}`])(
    'keeps %s of a client',
    async (id) => {
      const answer = await ask('/taxii2/', { headers: { 'X-Request-Id': id } })
      expect(answer.headers.get('X-Request-Id')).toBe(id)
      expect(answer.json.error.request_id).toBe(id)
    },
  )

  it.each(['', 'x-'.repeat(65), 'x'.repeat(33), 'a b', '<script>', '"'])(
    'replaces %s',
    async (id) => {
      const answer = await ask('/taxii2/', { headers: { 'X-Request-Id': id } })
      expect(answer.headers.get('X-Request-Id')).toMatch(/^req_[0-9a-f]{32}$/)
    },
  )
})
