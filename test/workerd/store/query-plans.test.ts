import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Collection } from '../../../src/store/collections.ts'
import { findCollection } from '../../../src/store/collections.ts'
import { openReader, type Session } from '../../../src/store/database.ts'
import { hashList, kindOf, REVOKED, valueList } from '../../../src/store/lists.ts'
import { type ContentTest, END_OF_TIME_MS, type PageQuery } from '../../../src/store/page-query.ts'
import { readContentPage, readManifestPage } from '../../../src/store/pages.ts'
import { KINDS } from '../../../src/store/ranges.ts'
import { readSequence } from '../../../src/store/sequence.ts'
import { add, makeCollection, objectVersion, pageQuery } from '../../support/store.ts'

let collection: Collection

beforeAll(async () => {
  collection = await makeCollection()
  const subtypes = ['ipv4-addr', 'url']
  await add(
    collection,
    ...Array.from({ length: 50 }, (_, i) => objectVersion(`n${i}`, 1, { subtypes })),
  )
  await add(collection, objectVersion('n1', 2), objectVersion('n2', 2))
})

type Statement = { sql: string; values: unknown[] }

/** A session that also notes every statement it prepares. */
function recording(session: Session, statements: Statement[]): Session {
  return {
    prepare(sql: string) {
      const statement = { sql, values: [] as unknown[] }
      statements.push(statement)
      const prepared = session.prepare(sql)
      const bind = (...values: unknown[]) => {
        statement.values = values
        return prepared.bind(...values)
      }
      return Object.assign(Object.create(prepared), { bind })
    },
    batch: (prepared: D1PreparedStatement[]) => session.batch(prepared),
    getBookmark: () => session.getBookmark(),
  } as unknown as Session
}

async function planOf({ sql, values }: Statement): Promise<string[]> {
  const rows = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...values)
    .raw<[number, number, number, string]>()
  return rows.map(([, , , detail]) => detail)
}

/** Reading a table from end to end, or sorting; passing over a subquery's few rows is neither. */
function offences(plan: string[]): string[] {
  const named = plan.filter((detail) =>
    /^SCAN (?!\(|e$|e |ahead$|CONSTANT ROW|.*VIRTUAL TABLE)/.test(detail),
  )
  return [...named, ...plan.filter((detail) => detail.includes('TEMP B-TREE'))]
}

/** Nothing meets all of them, so that a page looks for as long as it may. */
const CONTENT: ContentTest[][] = [
  [{ kind: 'equals', path: '$.name', values: ['a', 'b'], fallback: 'a' }],
  [
    { kind: 'contains', path: '$.labels', values: ['a'] },
    { kind: 'contains', path: '$.granular_markings', member: '$.marking_ref', values: ['a'] },
  ],
  [{ kind: 'number', path: '$.confidence', operator: '>=', value: 5 }],
  [{ kind: 'instant', path: '$.modified', operator: '<=', value: '2024-01-01T00:00:00' }],
  [{ kind: 'instant', path: '$.valid_from', operator: '<=', value: '2024-01-01T00:00:00' }],
  [{ kind: 'mentions', ids: ['indicator--n1'] }],
]

const all = { all: true, first: false, last: false, keys: [], specVersions: null }
const queries: Record<string, Partial<PageQuery>> = {
  'the whole collection': {},
  'from a position': { afterMs: 1_000 },
  'one STIX type': { listGroups: [['type:indicator']] },
  'one subtype': { listGroups: [['match:ipv4-addr']] },
  'alternatives of a filter': { listGroups: [['match:ipv4-addr', 'type:identity', 'match:url']] },
  'one object': { listGroups: [['id:indicator--n1']] },
  'several filters': { listGroups: [['type:indicator'], ['match:url', 'match:ipv4-addr']] },
  'all versions': { versions: [all] },
  'first versions': { versions: [{ ...all, all: false, first: true }] },
  'certain versions': { versions: [{ ...all, all: false, keys: ['2024-01-01T00:00:00.002'] }] },
  'STIX versions': { versions: [{ ...all, all: false, last: true, specVersions: ['2.0', '2.1'] }] },
  'behind the look-back floor': { floorMs: Date.now() + 60_000 },
  'filtered behind the floor': {
    floorMs: Date.now() + 60_000,
    listGroups: [['type:indicator', 'type:identity']],
    versions: [all],
  },
  'a value': { listGroups: [[valueList('203.0.113.1')]] },
  'alternatives of a hash': { listGroups: [[hashList('MD5', 'a'), hashList('MD5', 'b')]] },
  'the revoked': { listGroups: [[REVOKED]] },
  'a value and a hash of the revoked': {
    listGroups: [[REVOKED], [valueList('203.0.113.1')], [hashList('MD5', 'a')]],
  },
  'all versions with a value, behind the floor': {
    floorMs: Date.now() + 60_000,
    listGroups: [[valueList('203.0.113.1')]],
    versions: [all],
  },
  'a content test of every kind': { content: CONTENT },
  'content of one STIX type': { listGroups: [['type:indicator']], content: CONTENT },
}

const backwards = Object.entries(queries).map(([name, query]): [string, Partial<PageQuery>] => [
  `${name}, newest first`,
  { ...query, order: 'desc' },
])

describe('plans of page queries', () => {
  it('are of every kind of list', () => {
    const lists = Object.values(queries).flatMap(({ listGroups = [] }) => listGroups.flat())
    expect([...new Set(lists.map(kindOf))].sort()).toEqual([...KINDS].sort())
  })

  it.each([...Object.entries(queries), ...backwards])(
    '%s: seeks in an index, never scans or sorts',
    async (_, asked) => {
      const statements: Statement[] = []
      const session = recording(openReader(env.DB), statements)
      await readContentPage(session, pageQuery(collection, asked))
      await readManifestPage(session, pageQuery(collection, asked))
      expect(statements.length).toBeGreaterThan(0)
      for (const statement of statements) {
        const plan = await planOf(statement)
        expect(offences(plan), `${statement.sql}\n${plan.join('\n')}`).toEqual([])
        expect(plan.join('\n')).toMatch(/SEARCH/)
      }
    },
  )

  it('finds a collection by id or alias through its indexes', async () => {
    const statements: Statement[] = []
    await findCollection(recording(openReader(env.DB), statements), collection.id)
    for (const statement of statements) expect(offences(await planOf(statement))).toEqual([])
    expect(statements).toHaveLength(1)
  })

  it('reads a sequence in full from two ranges, and sorts no more than it found there', async () => {
    const statements: Statement[] = []
    const bounds = { afterMs: 0, throughMs: END_OF_TIME_MS, limit: 10, bytesMax: 1_000 }
    await readSequence(recording(openReader(env.DB), statements), {
      collectionRef: collection.ref,
      ...bounds,
    })
    const plans = await Promise.all(statements.map(planOf))
    expect(plans.flat().filter((detail) => /^SEARCH list_entries/.test(detail))).toHaveLength(2)
    expect(plans.flatMap(offences).filter((detail) => detail.startsWith('SCAN'))).toEqual([])
  })

  it('would notice a scan and a sort', async () => {
    const plan = await planOf({ sql: 'SELECT * FROM objects ORDER BY content', values: [] })
    expect(offences(plan)).toHaveLength(2)
  })
})
