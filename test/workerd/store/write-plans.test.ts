// Adding and deleting touch the objects concerned and their entries, however much else is stored.
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { addObjects } from '../../../src/store/add-objects.ts'
import type { Collection } from '../../../src/store/collections.ts'
import { openWriter, type Session } from '../../../src/store/database.ts'
import { deleteObjects } from '../../../src/store/delete-objects.ts'
import { restoreEntries } from '../../../src/store/restore-entries.ts'
import { findRestored, restoreObjects } from '../../../src/store/restore-objects.ts'
import { retirePortion } from '../../../src/store/retention.ts'
import { add, makeCollection, objectVersion } from '../../support/store.ts'

let collection: Collection

beforeAll(async () => {
  collection = await makeCollection()
  await makeCollection({ of: collection, selector: ['type:indicator'] })
  await add(collection, ...Array.from({ length: 50 }, (_, i) => objectVersion(`n${i}`)))
})

type Statement = { sql: string; values: unknown[] }

/** A session that also notes every statement it prepares. */
function recording(session: Session, statements: Statement[]): Session {
  return {
    prepare: (sql: string) => ({
      bind(...values: unknown[]) {
        statements.push({ sql, values })
        return session.prepare(sql).bind(...values)
      },
    }),
    batch: (prepared: D1PreparedStatement[]) => session.batch(prepared),
  } as unknown as Session
}

async function scansOf({ sql, values }: Statement): Promise<string[]> {
  const rows = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...values)
    .raw<[number, number, number, string]>()
  return rows.map(([, , , detail]) => detail).filter((detail) => TABLE_SCAN.test(detail))
}

/** Passing over what a bound value or a sub-select holds (`due`, `VIRTUAL TABLE`) is no scan. */
const TABLE_SCAN = /^SCAN (?!i$|m$|due$|.*VIRTUAL TABLE|CONSTANT ROW)/

const writes: Record<string, (session: Session) => Promise<unknown>> = {
  'adding new objects': (session) => addObjects(session, collection.ref, [objectVersion('x')]),
  'adding versions': (session) =>
    addObjects(session, collection.ref, [objectVersion('n1', 3), objectVersion('n2', 2)]),
  'adding what is there': (session) =>
    addObjects(session, collection.ref, [objectVersion('n3', 1, { content: '{}' })]),
  'deleting an object': (session) =>
    deleteObjects(session, {
      collectionRef: collection.ref,
      stixId: 'indicator--n4',
      versions: [],
    }),
  'bringing objects in': async (session) => {
    const given = await makeCollection()
    const objects = ['n1', 'n2'].map((name, at) => ({
      ...objectVersion(name),
      dateAddedMs: at + 1,
    }))
    await restoreObjects(session, given.ref, objects, { afterMs: 0, throughMs: 2 })
    await findRestored(session, given.ref, objects)
  },
  'bringing members of a view in': async (session) => {
    const view = await makeCollection({ of: collection, selector: ['type:indicator'] })
    for (const [at, name] of ['n5', 'n6'].entries()) {
      const { stixId, specVersion, versionKey } = objectVersion(name)
      const entry = { stixId, specVersion, versionKey, dateAddedMs: at + 1 }
      expect(await restoreEntries(session, view.ref, [entry], at)).toEqual({
        ok: true,
        missing: [],
      })
    }
  },
  'retiring objects': async (session) => {
    await env.DB.prepare('UPDATE collections SET retention_days = 1').run()
    await retirePortion(session, collection.ref, Date.now() + 2 * 86_400_000)
  },
}

describe('plans of writes', () => {
  it.each(Object.entries(writes))('%s goes through no table', async (_, write) => {
    const statements: Statement[] = []
    await write(recording(openWriter(env.DB), statements))
    expect(statements.length).toBeGreaterThan(3)
    for (const statement of statements) {
      expect(await scansOf(statement), statement.sql).toEqual([])
    }
  })

  it('would notice going through a table', async () => {
    expect(await scansOf({ sql: 'UPDATE objects SET bytes = ?1', values: [1] })).toHaveLength(1)
  })
})
