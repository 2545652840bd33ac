// Ids, aliases and titles are unique over all databases, although no transaction spans them.
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type Answer, ask, operate } from '../../support/http.ts'
import { WatchedDatabase } from '../../support/watched-database.ts'
import { createCollection, type TestCollection } from '../../support/world.ts'
import { askerIn } from '../laws/asker.ts'

type Names = { id?: string; alias?: string; title: string; database?: string }

let count = 0
let home: WatchedDatabase
let second: WatchedDatabase

beforeEach(() => {
  home = new WatchedDatabase(env.DB)
  second = new WatchedDatabase(env.DB_2)
})

/** As an isolate whose databases are watched. */
async function attempt(method: string, path: string, body: object): Promise<Answer> {
  const asker = askerIn({ DB: home, DB_2: second })
  const sent = { method, key: env.ADMIN_TOKEN, body: JSON.stringify(body) }
  return await asker(`/admin/collections/${path}`, sent)
}

function names(database: string): Required<Names> {
  count++
  const id = crypto.randomUUID()
  return { id, alias: `name-${count}`, title: `Name ${count}`, database }
}

async function all(): Promise<(TestCollection & { title: string })[]> {
  return (await operate('GET', '/collections/')).json.collections
}

describe.each([
  ['DB', 'DB_2'],
  ['DB_2', 'DB'],
])('names taken in %s', (database, other) => {
  it.each(['id', 'alias', 'title'] as const)('are refused in the other: %s', async (property) => {
    const taken = names(database)
    await createCollection(taken)
    const asked = { ...names(other), [property]: taken[property] }
    const { status, json } = await attempt('POST', '', asked)
    expect([status, json.details.property]).toEqual([409, property])
  })

  it('are not to be had as the alias of another collection', async () => {
    const taken = names(database)
    await createCollection(taken)
    const made = await createCollection(names(other))
    for (const [property, value] of [
      ['alias', taken.alias],
      ['title', taken.title],
    ] as const) {
      const { status, json } = await attempt('PATCH', `${made.id}/`, { [property]: value })
      expect([status, json.details.property]).toEqual([409, property])
    }
    expect((await operate('GET', `/collections/${made.id}/`)).json).toMatchObject(made)
  })

  it('may be kept when something else is changed', async () => {
    const made = await createCollection(names(database))
    const change = { alias: made.alias, description: 'Changed' }
    expect((await attempt('PATCH', `${made.id}/`, change)).json).toMatchObject(change)
  })
})

/** What another isolate does right before this database is asked to write. */
function beforeWriting(database: WatchedDatabase, happens: () => Promise<unknown>): void {
  let isOver = false
  database.before = async (statements) => {
    if (isOver || !statements.some((sql) => /^(insert into|update) "collections"/.test(sql))) return
    isOver = true
    await happens()
  }
}

describe('two who take a name in two databases at once', () => {
  it.each(['alias', 'title', 'id'] as const)('get it once: %s', async (property) => {
    const rival = names('DB')
    beforeWriting(second, () => createCollection(rival))
    const mine = { ...names('DB_2'), [property]: rival[property] }
    const { status, json } = await attempt('POST', '', mine)
    expect([status, json.details.property]).toEqual([409, property])
    const known = (await all()).filter((each) => each[property] === rival[property])
    expect(known).toMatchObject([{ id: rival.id, title: rival.title }])
    const again = { ...mine, [property]: names('DB_2')[property] }
    expect((await attempt('POST', '', again)).status).toBe(201)
  })

  it('get it once by changing, and the rest of the change is not made either', async () => {
    const made = await createCollection({ ...names('DB_2'), description: 'before' })
    const rival = names('DB')
    beforeWriting(second, () => createCollection(rival))
    const change = { alias: rival.alias, description: 'after', can_read: false }
    const { status } = await attempt('PATCH', `${made.id}/`, change)
    expect(status).toBe(409)
    const { json } = await operate('GET', `/collections/${made.id}/`)
    expect(json).toMatchObject({ alias: made.alias, description: 'before', can_read: true })
  })

  it('get it once at most, however they meet', async () => {
    for (let round = 0; round < 20; round++) {
      const { alias } = names('DB')
      const statuses = await Promise.all(
        ['DB', 'DB_2', 'DB', 'DB_2'].map(async (database) => {
          const asked = { ...names(database), alias }
          return (await attempt('POST', '', asked)).status
        }),
      )
      const held = (await all()).filter((each) => each.alias === alias)
      const acknowledged = statuses.filter((status) => status === 201)
      expect(acknowledged.length, String(statuses)).toBeLessThanOrEqual(1)
      expect(held).toHaveLength(acknowledged.length)
      expect(new Set(statuses).difference(new Set([201, 409])).size).toBe(0)
    }
  })
})

describe('the database of a new collection', () => {
  it('is the one that was named, and the home database where none was', async () => {
    const cases: [Record<string, unknown>, string][] = [
      [{ database: 'DB_2' }, 'DB_2'],
      [{ database: 'DB' }, 'DB'],
      [{}, 'DB'],
    ]
    for (const [asked, expected] of cases) {
      const { id } = await createCollection(asked)
      expect((await operate('GET', `/collections/${id}/`)).json.database).toBe(expected)
    }
  })

  it('is the one that is set, where none was named', async () => {
    const asker = askerIn({ COLLECTION_DATABASE: 'DB_2' })
    const { title } = names('')
    const body = JSON.stringify({ title })
    const { json } = await asker('/admin/collections/', {
      method: 'POST',
      key: env.ADMIN_TOKEN,
      body,
    })
    expect(json.database).toBe('DB_2')
  })

  it.each(['DB_3', 'API_KEYS', 'TEST_MIGRATIONS', 'toString', '', 'db_2'])(
    'cannot be %j',
    async (database) => {
      const { status, json } = await attempt('POST', '', { ...names(''), database })
      expect(status).toBe(400)
      expect(json.details.problems[0].path).toBe('database')
      expect(json.error.message).toContain('DB, DB_2')
    },
  )

  it.each(['DB_3', 'API_KEYS', 'KEY_SECRET', 'PUBLIC_ORIGIN'])(
    'cannot be set to %j',
    async (name) => {
      vi.spyOn(console, 'error').mockReturnValueOnce()
      const answer = await askerIn({ COLLECTION_DATABASE: name, DB_3: 'a text' })('/health')
      expect(answer.status).toBe(503)
    },
  )

  it('of a view is that of its collection', async () => {
    const parent = await createCollection(names('DB_2'))
    const view = { of: parent.alias, types: ['identity'] }
    const { status, json } = await attempt('POST', '', { ...names('DB'), view })
    expect(status).toBe(400)
    expect(json.error.message).toContain('DB_2')
    const { database: _, ...own } = names('')
    const { json: made } = await attempt('POST', '', { ...own, view })
    expect(made).toMatchObject({ database: 'DB_2', view_of: parent.id })
    const shown = await ask(`/admin/collections/${own.alias}/`, { key: env.ADMIN_TOKEN })
    expect(shown.json.view_of).toBe(parent.id)
  })

  it('lets its views be told from those of a collection with the same ref', async () => {
    const refs = new Map<string, string>()
    for (const database of ['DB', 'DB_2']) {
      const d1 = database === 'DB' ? env.DB : env.DB_2
      const { id } = await createCollection(names(database))
      await d1.prepare('UPDATE collections SET ref = 4711 WHERE id = ?1').bind(id).run()
      refs.set(database, id)
    }
    const view = { of: refs.get('DB_2') ?? '', types: ['identity'] }
    const made = await createCollection({ ...names('DB_2'), view })
    const { json } = await operate('GET', `/collections/${made.id}/`)
    expect(json.view_of).toBe(refs.get('DB_2'))
    const id = refs.get('DB') ?? ''
    await operate('DELETE', `/collections/${id}/?confirm=${id}`)
    const other = refs.get('DB_2') ?? ''
    const refused = await attempt('DELETE', `${other}/?confirm=${other}`, {})
    expect(refused.status).toBe(409)
  })
})
