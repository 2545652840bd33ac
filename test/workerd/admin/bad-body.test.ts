// Bodies and queries of the operator's API that make no sense: each is a clear 4xx in JSON that
// names what is wrong, and none is ever a 500.
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { adminOperations, fillPath, named } from '../../support/endpoints.ts'
import { type Answer, ask } from '../../support/http.ts'
import { expectRefusal } from '../../support/refusal.ts'
import { shown } from '../../support/table.ts'
import { createCollection, createKey } from '../../support/world.ts'

const JSON_TYPE = 'application/json'

let known: Record<string, string>

beforeAll(async () => {
  known = { collectionId: (await createCollection()).id, keyId: (await createKey()).id }
})

const send = (method: string, path: string, body?: BodyInit): Promise<Answer> =>
  ask(path, { method, key: env.ADMIN_TOKEN, ...(body === undefined ? {} : { body }) })

/** Their bodies are objects, a line each. */
const BULK = ['importObjects', 'restoreRecords']

const withJsonBody = named(adminOperations).filter(
  ([, { body, operationId }]) => body !== undefined && !BULK.includes(operationId),
)

describe.each(withJsonBody)('%s', (_, operation) => {
  it.each(
    shown([
      'not json',
      '{',
      '[]',
      'null',
      '17',
      '"text"',
      '{"__proto__":{"admin":true}}',
      '{"no_such_member":1}',
      `${'['.repeat(40_000)}${']'.repeat(40_000)}`,
      '\u0000',
    ]),
  )('refuses %s', async (_name, body) => {
    const answer = await send(operation.method, fillPath(operation, known), body)
    expect(answer.status, answer.text).toBeGreaterThanOrEqual(400)
    expect(answer.status, answer.text).toBeLessThan(500)
    expect(answer.headers.get('Content-Type')).toBe(JSON_TYPE)
  })

  it('refuses a body beyond its bound, and bytes that are no text', async () => {
    const path = fillPath(operation, known)
    const large = await send(operation.method, path, ' '.repeat(100_001))
    expectRefusal(large, { status: 413, code: 'payload_too_large', contentType: JSON_TYPE })
    expect((await send(operation.method, path, new Uint8Array([0xff]))).status).toBe(400)
  })
})

describe('a key', () => {
  it.each<[members: Record<string, unknown>, path: string]>([
    [{ per_minute: 0 }, 'per_minute'],
    [{ per_minute: 1.5 }, 'per_minute'],
    [{ per_minute: '10' }, 'per_minute'],
    [{ per_minute: 1e12 + 1 }, 'per_minute'],
    [{ per_day: 0 }, 'per_day'],
    [{ per_day: 1e12 + 1 }, 'per_day'],
    [{ scopes: [] }, 'scopes'],
    [{ scopes: 'read:stix' }, 'scopes'],
    [{ collections: [] }, 'collections'],
    [{ collections: [''] }, 'collections'],
    [{ collections: [17] }, 'collections.0'],
    [{ label: 'x'.repeat(201) }, 'label'],
    [{ owner: 17 }, 'owner'],
    [{ expires: '1969-12-31T23:59:59Z' }, 'expires'],
    [{ expires: '2024-02-30T00:00:00Z' }, 'expires'],
    [{ expires: 1_700_000_000 }, 'expires'],
    [{ networks: [] }, 'networks'],
    [{ networks: ['192.0.2.1/24/8'] }, 'networks.0'],
    [{ networks: ['192.0.2.0/024'] }, 'networks.0'],
    [{ networks: ['010.0.0.0/8'] }, 'networks.0'],
    [{ networks: ['fe80::1%eth0/64'] }, 'networks.0'],
    [{ networks: ['2001:db8::/129'] }, 'networks.0'],
    [{ networks: ['everywhere'] }, 'networks.0'],
    [{ networks: ['192.0.2.1', '192.0.2.1/'] }, 'networks.1'],
    [{ networks: [17] }, 'networks.0'],
    [{ tier: '' }, 'tier'],
    [{ tier: 'constructor' }, 'tier'],
    [{ tier: '__proto__' }, 'tier'],
  ])('with %o is refused by name', async (members, path) => {
    const made = await send('POST', '/admin/keys/', JSON.stringify({ tier: 'pro', ...members }))
    expectRefusal(made, { status: 400, code: 'invalid_body', contentType: JSON_TYPE })
    expect(made.json.details.problems[0].path).toBe(path)
    const changed = await send('PATCH', `/admin/keys/${known.keyId}/`, JSON.stringify(members))
    expectRefusal(changed, { status: 400, code: 'invalid_body', contentType: JSON_TYPE })
    expect(changed.json.details.problems[0].path).toBe(path)
  })

  it.each<[members: Record<string, unknown>]>([
    [{ expires: '9999-12-31T23:59:59.999999Z' }],
    [{ expires: '1970-01-01T00:00:00Z' }],
    [{ per_minute: 1e12, per_day: 1e12 }],
    [{ networks: ['0.0.0.0/0', '::/0', '::ffff:192.0.2.0/120', '2001:db8::/32'] }],
    [{ label: 'Übung 漢字 😀', owner: '<script>' }],
    [{ scopes: null, collections: null, networks: null, expires: null }],
  ])('with %o is made', async (members) => {
    const made = await send('POST', '/admin/keys/', JSON.stringify({ tier: 'pro', ...members }))
    expect(made.status, made.text).toBe(201)
    const read = await send('GET', `/admin/keys/${made.json.id}/`)
    expect(read.json).toMatchObject({ id: made.json.id, label: made.json.label })
  })

  it.each([-1, 1.5, 90 * 86_400 + 1, '1'])('overlap_seconds of %s is refused', async (seconds) => {
    const path = `/admin/keys/${known.keyId}/rotate/`
    const answer = await send('POST', path, JSON.stringify({ overlap_seconds: seconds }))
    expectRefusal(answer, { status: 400, code: 'invalid_body', contentType: JSON_TYPE })
  })
})

describe('a path to nothing', () => {
  const withParameters = named(adminOperations).filter(([, { path }]) => path.includes('{'))

  it.each(withParameters)('%s is a 404', async (_, operation) => {
    for (const id of [crypto.randomUUID(), 'nothing', '%00', '%E0%A4%A', 'x'.repeat(5000)]) {
      const ids = { collectionId: id, keyId: id, operatorId: id }
      const body = operation.body === undefined ? undefined : '{}'
      const answer = await send(operation.method, fillPath(operation, ids), body)
      expectRefusal(answer, { status: 404, code: 'not_found', contentType: JSON_TYPE })
    }
  })
})

describe('a query', () => {
  const paged = named(adminOperations).filter(([, { query }]) => query.limit !== undefined)

  it.each(paged)('%s refuses a bad limit', async (_, operation) => {
    for (const limit of ['0', '-1', 'x', '1.5', '']) {
      const answer = await send('GET', `${fillPath(operation, known)}?limit=${limit}`)
      expectRefusal(answer, { status: 400, code: 'invalid_parameter', contentType: JSON_TYPE })
    }
  })

  it.each(paged)('%s lives with any after', async (_, operation) => {
    for (const after of ['', 'nothing', '%00', '-1', '99999999999999999999', '%F0%9F%98%80']) {
      const { status, text } = await send('GET', `${fillPath(operation, known)}?after=${after}`)
      expect([after, status < 500], text).toEqual([after, true])
    }
  })
})
