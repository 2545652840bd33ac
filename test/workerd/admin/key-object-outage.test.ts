// The operator's API while the object of a key cannot be reached: 503, to be tried again, and no key
// that nobody has.
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { keyOperations } from '../../../src/admin/keys.ts'
import { showUsage } from '../../../src/admin/usage.ts'
import type { ApiKey } from '../../../src/keys/api-key.ts'
import { fillPath, named } from '../../support/endpoints.ts'
import { ask, operate, ROOT } from '../../support/http.ts'
import { expectRefusal } from '../../support/refusal.ts'
import { createKey, type TestKey } from '../../support/world.ts'
import { askerIn } from '../laws/asker.ts'

const JSON_TYPE = 'application/json'

let known: TestKey

beforeAll(() => {
  // What the server notes of its failures is not what is looked at here.
  vi.spyOn(console, 'error').mockReturnValue()
})

beforeEach(async () => {
  known = await createKey()
})

/** Every key's object, but for one method that fails in this way. */
function failingAt(method: keyof ApiKey, error: unknown, times = Number.POSITIVE_INFINITY) {
  let left = times
  const real = env.API_KEYS
  const get = (id: DurableObjectId) =>
    new Proxy(real.get(id), {
      get: (stub, name) => {
        if (name !== method || left <= 0) return Reflect.get(stub, name)
        return async () => {
          left -= 1
          throw error
        }
      },
    })
  const API_KEYS = {
    get,
    idFromName: (name: string) => real.idFromName(name),
    idFromString: (id: string) => real.idFromString(id),
  }
  return askerIn({ API_KEYS })
}

const asOperator = { key: env.ADMIN_TOKEN }
const countKeys = async () => (await operate('GET', '/keys/?limit=1000')).json.keys.length

const METHODS: Record<string, keyof ApiKey> = {
  createKey: 'create',
  showKey: 'show',
  changeKey: 'change',
  revokeKey: 'revoke',
  rotateKey: 'expire',
  showKeyUsage: 'usage',
}
const calling = [...keyOperations, showUsage].filter(({ operationId }) => operationId in METHODS)

describe.each(named(calling))('%s', (_, operation) => {
  const { method, operationId } = operation
  const failing = METHODS[operationId] ?? 'show'
  const body = operationId === 'createKey' ? '{"tier":"pro"}' : '{}'
  const asked = { ...asOperator, method, ...(method === 'GET' ? {} : { body }) }

  it('is refused with 503 while the object is out of reach', async () => {
    const unreachable = failingAt(failing, new Error('the object has lost its place'))
    const answer = await unreachable(fillPath(operation, { keyId: known.id }), asked)
    expectRefusal(answer, { status: 503, code: 'unavailable', contentType: JSON_TYPE })
    expect(answer.headers.get('Retry-After')).toMatch(/^[1-9]\d*$/)
  })

  it('goes on after a connection that broke once', async () => {
    const broken = Object.assign(new Error('connection lost'), { retryable: true })
    const recovering = failingAt(failing, broken, 1)
    const answer = await recovering(fillPath(operation, { keyId: known.id }), asked)
    expect(answer.status).toBe(operation.success.status)
  })
})

it('makes no key that is listed and has no object', async () => {
  const before = await countKeys()
  const unreachable = failingAt('create', new Error('out of reach'))
  await unreachable('/admin/keys/', { ...asOperator, method: 'POST', body: '{"tier":"pro"}' })
  expect(await countKeys()).toBe(before)
})

it('leaves a key as it is when it cannot be replaced, and nothing good in its place', async () => {
  const unreachable = failingAt('expire', new Error('out of reach'))
  const path = `/admin/keys/${known.id}/rotate/`
  const answer = await unreachable(path, { ...asOperator, method: 'POST', body: '{}' })
  expect(answer.status).toBe(503)
  expect((await ask(`${ROOT}/collections/`, { key: known.key })).status).toBe(200)
  const { json } = await operate('GET', '/keys/?limit=1')
  expect(json.keys[0]).toMatchObject({ state: 'revoked' })
  expect(json.keys[0].id).not.toBe(known.id)
})
