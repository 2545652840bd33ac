// A key whose Durable Object cannot be reached opens nothing and changes nothing.
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { operations } from '../../../src/app.ts'
import { askedOf, fillPath, named } from '../../support/endpoints.ts'
import { ROOT } from '../../support/http.ts'
import { expectRefusal } from '../../support/refusal.ts'
import { createCollection, createWriter, type TestCollection } from '../../support/world.ts'
import { askerIn } from './asker.ts'

vi.setConfig({ testTimeout: 60_000 })

let collection: TestCollection
let key: string

beforeAll(async () => {
  // What the server notes of its failures is not what is looked at here.
  vi.spyOn(console, 'error').mockReturnValue()
  collection = await createCollection()
  key = await createWriter()
})

/** Key objects that fail in the ways a Durable Object can. */
const failures: Record<string, () => Promise<never>> = {
  'an exception': async () => {
    throw new Error('the object has lost its place')
  },
  'an overload': async () => {
    throw Object.assign(new Error('overloaded'), { overloaded: true, retryable: true })
  },
  'a broken connection, again and again': async () => {
    throw Object.assign(new Error('connection lost'), { retryable: true })
  },
}

const byKey = operations.filter(({ access }) => access.by === 'key')

describe.each(Object.entries(failures))('a key whose object fails with %s', (_, admit) => {
  const unreachable = askerIn({ API_KEYS: { getByName: () => ({ admit }) } })

  it.each(named(byKey))('%s is refused with 503', async (_, operation) => {
    const ids = { collectionId: collection.id }
    const answer = await unreachable(fillPath(operation, ids), { ...askedOf(operation), key })
    expectRefusal(answer, { status: 503, code: 'unavailable' })
    expect(answer.headers.get('Retry-After')).toMatch(/^[1-9]\d*$/)
    expect(await env.DB.prepare('SELECT count(*) FROM objects').first('count(*)')).toBe(0)
  })
})

describe('a key whose object fails once', () => {
  it('is admitted at the second attempt', async () => {
    let calls = 0
    const admit = async () => {
      calls++
      if (calls === 1) throw Object.assign(new Error('connection lost'), { retryable: true })
      return { admitted: false, reason: 'revoked' }
    }
    const recovering = askerIn({ API_KEYS: { getByName: () => ({ admit }) } })
    const answer = await recovering(`${ROOT}/collections/`, { key })
    expectRefusal(answer, { status: 401, code: 'revoked_api_key' })
    expect(calls).toBe(2)
  })
})
