// A page is looked for while its key is being asked. Whoever is refused sees nothing of it, and
// cannot make work of it.
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { AdmitRequest } from '../../../src/keys/api-key.ts'
import { operate, ROOT } from '../../support/http.ts'
import { expectRefusal } from '../../support/refusal.ts'
import { indicators } from '../../support/stix.ts'
import { workerUnder } from '../../support/watched.ts'
import { WatchedDatabase } from '../../support/watched-database.ts'
import {
  createCollection,
  createKey,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'

let collection: TestCollection

beforeAll(async () => {
  collection = await createCollection()
  await importObjects(collection, indicators(30))
})

// From within the look-back, so that a page is one query.
const recently = new Date(Date.now() - 3_600_000).toISOString()
const objectsPath = (limit: number) =>
  `${ROOT}/collections/${collection.id}/objects/?limit=${limit}&added_after=${recently}`

/** A Worker with memories of its own, whose keys wait until they are told to answer. */
function worker() {
  const database = new WatchedDatabase(env.DB)
  const keys = { wait: async (): Promise<unknown> => undefined, isDown: false }
  const getByName = (name: string) => {
    const object = env.API_KEYS.getByName(name)
    return {
      async admit(request: AdmitRequest) {
        await keys.wait()
        if (keys.isDown) throw new Error('out of reach')
        return await object.admit(request)
      },
    }
  }
  const { ask } = workerUnder({ DB: database, API_KEYS: { getByName } })
  return { ask, database, keys }
}

function isPageQuery(sql: string): boolean {
  return sql.includes('list_entries')
}

describe('a page that is looked for while its key is asked', () => {
  it.each(['objects', 'manifest'])('is read before the key has answered: %s', async (kind) => {
    const { ask, database, keys } = worker()
    const { key } = await createKey()
    const path = (limit: number) => `${ROOT}/collections/${collection.id}/${kind}/?limit=${limit}`
    await ask(path(1), { key })
    const isRead = Promise.withResolvers<void>()
    database.before = async (statements) => {
      if (statements.some(isPageQuery)) isRead.resolve()
    }
    // Were the page read afterwards, this would wait for ever.
    keys.wait = () => isRead.promise
    const { status, json } = await ask(path(2), { key })
    expect([status, json.objects.length]).toEqual([200, 2])
  })

  it('is read once', async () => {
    const { ask, database } = worker()
    const { key } = await createKey()
    await ask(objectsPath(1), { key })
    database.forget()
    await ask(objectsPath(2), { key })
    expect(database.statements.filter(isPageQuery)).toHaveLength(1)
    expect(database.roundTrips).toBe(1)
  })

  it('is not read for a key that this isolate has not let in before', async () => {
    const { ask, database, keys } = worker()
    await ask(objectsPath(1), { key: (await createKey()).key })
    database.forget()
    const { key } = await createKey()
    keys.wait = async () => expect(database.statements.filter(isPageQuery)).toEqual([])
    expect((await ask(objectsPath(2), { key })).status).toBe(200)
  })

  it('is that of what the key is granted now, not of what it was granted before', async () => {
    const { ask } = worker()
    const { id, key } = await createKey()
    await ask(objectsPath(1), { key })
    await operate('PATCH', `/keys/${id}/`, { collections: [(await createCollection()).id] })
    expectRefusal(await ask(objectsPath(2), { key }), { status: 404, code: 'not_found' })
    await operate('PATCH', `/keys/${id}/`, {
      collections: null,
      tier: 'free',
      scopes: ['read:stix'],
    })
    expect((await ask(objectsPath(3), { key })).status).toBe(200)
  })

  it('shows nothing to a key that was revoked meanwhile', async () => {
    const { ask } = worker()
    const { id, key } = await createKey()
    await ask(objectsPath(1), { key })
    await operate('POST', `/keys/${id}/revoke/`)
    const answer = await ask(objectsPath(2), { key })
    expectRefusal(answer, { status: 401, code: 'revoked_api_key' })
    expect(answer.text).not.toContain('indicator--')
  })

  it('is refused in its turn when it cannot be asked so', async () => {
    const { ask } = worker()
    const { id, key } = await createKey()
    await ask(objectsPath(1), { key })
    const wrong = await ask(objectsPath(0), { key })
    expectRefusal(wrong, { status: 400, code: 'invalid_parameter' })
    await operate('POST', `/keys/${id}/revoke/`)
    expectRefusal(await ask(objectsPath(0), { key }), { status: 401, code: 'revoked_api_key' })
  })

  it('is told of when it cannot be read, and not tried again', async () => {
    const { ask, database } = worker()
    const { key } = await createKey()
    await ask(objectsPath(1), { key })
    let attempts = 0
    database.before = async (statements) => {
      if (statements.some(isPageQuery)) attempts++
    }
    database.isDown = true
    expectRefusal(await ask(objectsPath(2), { key }), { status: 503, code: 'unavailable' })
    expect(attempts).toBe(1)
  })
})

describe('a key that is refused', () => {
  it('makes no work beyond what it was allowed', async () => {
    const { ask, database } = worker()
    const { key } = await createKey({ per_minute: 5 })
    const limits = [1, 2, 3, 4, 5, 6, 7, 8]
    const statuses: number[] = []
    for (const limit of limits) statuses.push((await ask(objectsPath(limit), { key })).status)
    const served = statuses.filter((status) => status === 200).length
    expect(statuses.filter((status) => status === 429).length).toBe(limits.length - served)
    expect(database.statements.filter(isPageQuery)).toHaveLength(served)
  })

  it('makes no work with many requests at once', async () => {
    const { ask, database } = worker()
    const { key } = await createKey({ per_minute: 10 })
    await ask(objectsPath(1), { key })
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, at) => ask(objectsPath(at + 2), { key })),
    )
    const served = answers.filter(({ status }) => status === 200).length
    expect(answers.filter(({ status }) => status === 429).length).toBe(12 - served)
    expect(database.statements.filter(isPageQuery).length).toBe(1 + served)
  })

  it('makes none while it is out of reach', async () => {
    const { ask, database, keys } = worker()
    const { key } = await createKey()
    await ask(objectsPath(1), { key })
    keys.isDown = true
    await ask(objectsPath(2), { key })
    database.forget()
    expectRefusal(await ask(objectsPath(3), { key }), { status: 503, code: 'unavailable' })
    expect(database.statements.filter(isPageQuery)).toEqual([])
  })

  it('makes none in collections that are not known here', async () => {
    const { ask, database } = worker()
    const { id, key } = await createKey()
    await ask(objectsPath(1), { key })
    await operate('POST', `/keys/${id}/revoke/`)
    await ask(objectsPath(2), { key })
    // Begun before the refusal was known.
    const pages = () => database.statements.filter(isPageQuery)
    await vi.waitFor(() => expect(pages()).toHaveLength(2))
    database.forget()
    for (let n = 0; n < 5; n++) {
      await ask(`${ROOT}/collections/${crypto.randomUUID()}/objects/`, { key })
    }
    expect(database.roundTrips).toBe(0)
  })
})
