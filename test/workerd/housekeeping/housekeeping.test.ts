// Housekeeping: what it removes and what it leaves, in every database, within its bounds; and that
// an operator can see what was done.
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { keepHouseByTheClock } from '../../../src/schedule.ts'
import { openWriter } from '../../../src/store/database.ts'
import { databasesOf } from '../../../src/store/databases.ts'
import { keepHouse } from '../../../src/store/housekeeping.ts'
import { RUNS_KEPT } from '../../../src/store/housekeeping-runs.ts'
import { removeCollection } from '../../../src/store/remove-collection.ts'
import { sendObjects } from '../../support/endpoints.ts'
import { ask, operate, ROOT } from '../../support/http.ts'
import { indicator, indicators } from '../../support/stix.ts'
import { WatchedDatabase } from '../../support/watched-database.ts'
import { createCollection, createWriter, importObjects } from '../../support/world.ts'

const HOUR_MS = 3_600_000
const DATABASES = ['DB', 'DB_2'] as const

let log: ReturnType<typeof vi.spyOn>

beforeEach(() => {
  log = vi.spyOn(console, 'log').mockReturnValue()
})

function countIn(database: 'DB' | 'DB_2', table: string): Promise<number | null> {
  return env[database].prepare(`SELECT count(*) AS n FROM ${table}`).first<number>('n')
}

describe('housekeeping by the clock', () => {
  it.each(DATABASES)(
    'P-8: keeps a status for more than a day, and not for ever, in %s',
    async (database) => {
      const collection = await createCollection({ database })
      const key = await createWriter()
      const { json } = await ask(`${ROOT}/collections/${collection.id}/objects/`, {
        key,
        ...sendObjects([indicator()]),
      })
      const status = async () => (await ask(`${ROOT}/status/${json.id}/`, { key })).status
      await keepHouseByTheClock(env, Date.now() + 25 * HOUR_MS)
      expect(await status()).toBe(200)
      await keepHouseByTheClock(env, Date.now() + 49 * HOUR_MS)
      expect(await status()).toBe(404)
    },
  )

  it('keeps the audit log for a year, and not for ever', async () => {
    await createCollection()
    await keepHouseByTheClock(env, Date.now() + 366 * 24 * HOUR_MS)
    expect(await countIn('DB', 'audit_log')).toBeGreaterThan(0)
    await keepHouseByTheClock(env, Date.now() + 401 * 24 * HOUR_MS)
    expect(await countIn('DB', 'audit_log')).toBe(0)
  })

  it.each(DATABASES)('finishes what is left of a deleted collection, in %s', async (database) => {
    const collection = await createCollection({ database })
    await importObjects(collection, indicators(20))
    const session = openWriter(env[database])
    const ref = await session
      .prepare('SELECT ref FROM collections WHERE id = ?1')
      .bind(collection.id)
      .first<number>('ref')
    await removeCollection(session, ref ?? 0, Date.now())
    await keepHouseByTheClock(env, Date.now())
    for (const table of ['objects', 'list_entries']) {
      const rows = session.prepare(`SELECT count(*) AS n FROM ${table} WHERE collection_ref = ?1`)
      expect(await rows.bind(ref).first('n')).toBe(0)
    }
    expect(await countIn(database, 'removals')).toBe(0)
    const [run] = (await operate('GET', '/housekeeping/')).json.runs
    const work = run.databases.find((each: { database: string }) => each.database === database)
    expect(work.removed_rows).toBeGreaterThan(20)
  })

  it('is told in one line of the log, and kept', async () => {
    const nowMs = Date.now()
    await keepHouseByTheClock(env, nowMs)
    expect(log).toHaveBeenCalledTimes(1)
    const line = JSON.parse(String(log.mock.calls[0]?.[0]))
    expect(line).toMatchObject({ event: 'housekeeping', cause: 'clock', isMoreLeft: false })
    expect(line.databases.map((each: { database: string }) => each.database)).toEqual(DATABASES)
    const { json } = await operate('GET', '/housekeeping/')
    expect(json.runs[0]).toMatchObject({
      at: new Date(nowMs).toISOString().replace('Z', '000Z'),
      cause: 'clock',
      more_left: false,
      milliseconds: expect.any(Number),
      databases: DATABASES.map((database) => ({
        database,
        statuses: expect.any(Number),
        searches: expect.any(Number),
        audit_lines: expect.any(Number),
        removed_rows: expect.any(Number),
        retired_versions: expect.any(Number),
        more_left: false,
        problem: null,
      })),
    })
  })

  it('is remembered for so many runs, the last ones', async () => {
    const startMs = Date.now()
    for (let run = 0; run < RUNS_KEPT + 5; run++) await keepHouseByTheClock(env, startMs + run)
    expect(await countIn('DB', 'housekeeping_runs')).toBe(RUNS_KEPT)
    const { json } = await operate('GET', '/housekeeping/')
    const times = json.runs.map(({ at }: { at: string }) => Date.parse(at))
    expect(times).toHaveLength(RUNS_KEPT)
    expect(times).toEqual(times.toSorted((a: number, b: number) => b - a))
    expect(times[0]).toBe(startMs + RUNS_KEPT + 4)
  })
})

describe('housekeeping by an operator', () => {
  it('is a run like any other, under the name of the operator', async () => {
    const { json } = await operate('POST', '/housekeeping/')
    expect(json).toMatchObject({ cause: 'bootstrap', more_left: false })
    expect((await operate('GET', '/housekeeping/')).json.runs[0]).toEqual(json)
    expect((await operate('GET', '/audit/?limit=1')).json.lines).toMatchObject([
      { action: 'runHousekeeping', operator: 'bootstrap' },
    ])
  })
})

describe('housekeeping with a database out of reach', () => {
  it('does the others, and says so', async () => {
    const second = new WatchedDatabase(env.DB_2)
    second.isDown = true
    const changed = { ...env, DB_2: second as unknown as D1Database }
    const databases = databasesOf(changed)
    await createCollection()
    const { run } = await keepHouse(databases, {
      nowMs: Date.now() + 401 * 24 * HOUR_MS,
      cause: 'clock',
    })
    expect(run.isMoreLeft).toBe(true)
    expect(run.databases).toMatchObject([
      { database: 'DB', problem: null },
      { database: 'DB_2', problem: expect.stringContaining('out of reach'), isMoreLeft: true },
    ])
    expect(run.databases[0]?.auditLines).toBeGreaterThan(0)
  })
})
