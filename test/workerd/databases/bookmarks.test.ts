// A bookmark belongs to one database: there it gives read-your-writes, elsewhere it does no harm.
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sendObjects } from '../../support/endpoints.ts'
import { ROOT } from '../../support/http.ts'
import { indicator } from '../../support/stix.ts'
import { WatchedDatabase } from '../../support/watched-database.ts'
import { createCollection, createWriter, type TestCollection } from '../../support/world.ts'
import { type Asker, askerIn } from '../laws/asker.ts'

const ANY = 'first-unconstrained'

let near: TestCollection
let far: TestCollection
let key: string
let home: WatchedDatabase
let second: WatchedDatabase
let ask: Asker

beforeAll(async () => {
  near = await createCollection({ database: 'DB' })
  far = await createCollection({ database: 'DB_2' })
  key = await createWriter()
})

beforeEach(() => {
  home = new WatchedDatabase(env.DB)
  second = new WatchedDatabase(env.DB_2)
  ask = askerIn({ DB: home, DB_2: second })
})

const path = ({ id }: TestCollection, rest = 'objects/') => `${ROOT}/collections/${id}/${rest}`

async function writtenIn(collection: TestCollection): Promise<string> {
  const { headers } = await ask(path(collection), { key, ...sendObjects([indicator()]) })
  const bookmark = headers.get('X-D1-Bookmark') ?? ''
  expect(bookmark).not.toBe('')
  return bookmark
}

/** Where the sessions began that a read opens, in the home database and in the second. */
async function sessionsOf(collection: TestCollection, bookmark: string, rest?: string) {
  home.forget()
  second.forget()
  const answer = await ask(path(collection, rest), { key, headers: { 'X-D1-Bookmark': bookmark } })
  expect(answer.status).toBe(200)
  return [[...home.sessions], [...second.sessions]]
}

describe('a bookmark', () => {
  it('of the home database is bare, of another one it is named', async () => {
    expect(await writtenIn(near)).toMatch(/^[\w-]+$/)
    expect(await writtenIn(far)).toMatch(/^DB_2:[\w-]+$/)
  })

  it('of deleting is one of the same database', async () => {
    const object = indicator()
    await ask(path(far), { key, ...sendObjects([object]) })
    const { headers } = await ask(path(far, `objects/${object.id}/`), { key, method: 'DELETE' })
    expect(headers.get('X-D1-Bookmark')).toMatch(/^DB_2:[\w-]+$/)
  })

  it.each(['objects/', 'manifest/'])('is where %s is read from', async (rest) => {
    const bookmark = await writtenIn(far)
    const [, sessions] = await sessionsOf(far, bookmark, rest)
    expect(sessions?.at(-1)).toBe(bookmark.replace('DB_2:', ''))
    const bare = await writtenIn(near)
    const [sessionsHome] = await sessionsOf(near, bare, rest)
    expect(sessionsHome?.at(-1)).toBe(bare)
  })

  it('of another database is as good as none', async () => {
    for (const [collection, bookmark] of [
      [near, await writtenIn(far)],
      [far, await writtenIn(near)],
    ] as const) {
      for (const rest of ['objects/', 'manifest/', '']) {
        const sessions = (await sessionsOf(collection, bookmark, rest)).flat()
        expect(sessions.filter((each) => each !== ANY && each !== bookmark)).toEqual([])
      }
      const [there] = (await sessionsOf(collection, bookmark)).filter((each) => each.includes(ANY))
      expect(there?.at(-1)).toBe(ANY)
    }
  })

  it('of one database is used for that one only, where all are asked', async () => {
    const bookmark = await writtenIn(far)
    home.forget()
    second.forget()
    const headers = { 'X-D1-Bookmark': bookmark }
    expect((await ask(`${ROOT}/collections/`, { key, headers })).status).toBe(200)
    expect(home.sessions).toEqual([ANY])
    expect(second.sessions).toEqual([bookmark.replace('DB_2:', '')])
  })

  it.each(['', 'DB_2:', ':x', 'DB_3:x', 'db_2:x', 'a b', `DB_2:${'x'.repeat(300)}`, 'DB_2:DB_2:x'])(
    '%j is as good as none',
    async (bookmark) => {
      for (const collection of [near, far]) {
        const sessions = (await sessionsOf(collection, bookmark)).flat()
        expect(new Set(sessions)).toEqual(new Set([ANY]))
      }
    },
  )
})
