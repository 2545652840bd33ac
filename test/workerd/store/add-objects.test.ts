import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { addObjects } from '../../../src/store/add-objects.ts'
import type { Collection } from '../../../src/store/collections.ts'
import { openReader, openWriter } from '../../../src/store/database.ts'
import type { PageQuery } from '../../../src/store/page-query.ts'
import { readContentPage, readManifestPage } from '../../../src/store/pages.ts'
import { add, makeCollection, objectVersion, pageQuery } from '../../support/store.ts'

async function shown(of: Collection, asked: Partial<PageQuery> = {}): Promise<string[]> {
  const page = await readManifestPage(openReader(env.DB), pageQuery(of, asked))
  return page.records.map((row) => `${row.stixId}@${row.version?.slice(-2, -1)}`)
}

async function stamps(of: Collection): Promise<number[]> {
  const page = await readManifestPage(openReader(env.DB), pageQuery(of))
  return page.records.map((row) => row.dateAddedMs)
}

describe('adding objects', () => {
  it('gives each a later whole-millisecond stamp, in the order given', async () => {
    const collection = await makeCollection()
    const beforeMs = Date.now()
    await add(collection, objectVersion('a'), objectVersion('b'), objectVersion('c'))
    await add(collection, objectVersion('d'))
    expect(await shown(collection)).toEqual([
      'indicator--a@1',
      'indicator--b@1',
      'indicator--c@1',
      'indicator--d@1',
    ])
    const given = await stamps(collection)
    expect(
      given.every((ms, i) => Number.isInteger(ms) && ms > (given[i - 1] ?? beforeMs - 1000)),
    ).toBe(true)
  })

  it('never goes back when the collection has run ahead of the clock', async () => {
    const collection = await makeCollection()
    const aheadMs = Date.now() + 3_600_000
    await env.DB.prepare('UPDATE collections SET last_added_ms = ?1 WHERE ref = ?2')
      .bind(aheadMs, collection.ref)
      .run()
    await add(collection, objectVersion('a'), objectVersion('b'))
    expect(await stamps(collection)).toEqual([aheadMs + 1, aheadMs + 2])
  })

  it('says of a stored version that it is present, and does not move it', async () => {
    const collection = await makeCollection()
    const [first] = await add(collection, objectVersion('a'))
    await add(collection, objectVersion('b'))
    const outcomes = await add(collection, objectVersion('c'), objectVersion('a'))
    expect(outcomes[1]).toEqual({ kind: 'present', dateAddedMs: first?.dateAddedMs })
    expect(outcomes[0]?.kind).toBe('added')
    const outcomesAt = await stamps(collection)
    expect(outcomesAt).toEqual([first?.dateAddedMs, outcomesAt[1], outcomes[0]?.dateAddedMs])
  })

  it('keeps every text to the letter, whatever stands before it in its transaction', async () => {
    const texts = fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(texts, async (names) => {
        const collection = await makeCollection()
        const contents = names.map((name, at) => JSON.stringify({ at, name: name.toWellFormed() }))
        const objects = contents.map((content, at) => objectVersion(`text-${at}`, 1, { content }))
        await add(collection, ...objects)
        const page = await readContentPage(openReader(env.DB), pageQuery(collection))
        expect(page.content).toBe(contents.join(','))
        const again = await add(collection, ...objects)
        expect(again.every(({ kind }) => kind === 'present')).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  it('returns the stored text when the same version comes with another', async () => {
    const collection = await makeCollection()
    await add(collection, objectVersion('a', 1, { content: '{"n":1}' }))
    const [outcome] = await add(collection, objectVersion('a', 1, { content: '{"n":2}' }))
    expect(outcome).toMatchObject({ kind: 'conflicting', storedContent: '{"n":1}' })
    expect(await shown(collection)).toEqual(['indicator--a@1'])
  })

  it('takes a body full of copies in two transactions, and tells each what became of it', async () => {
    const collection = await makeCollection()
    const first = objectVersion('a')
    const other = objectVersion('a', 1, { content: '{"other":true}' })
    const many = [first, ...Array.from({ length: 1_500 }, (_, i) => (i % 2 ? other : { ...first }))]
    const session = openWriter(env.DB)
    const batches = vi.fn(session.batch.bind(session))
    const counting = Object.assign(Object.create(session), {
      prepare: session.prepare.bind(session),
      batch: batches,
    })
    const { outcomes } = await addObjects(counting, collection.ref, [...many, objectVersion('b')])
    expect(batches).toHaveBeenCalledTimes(2)
    const kinds = outcomes.map(({ kind }) => kind)
    expect([kinds[0], kinds[1], kinds[2], kinds.at(-1)]).toEqual([
      'added',
      'present',
      'conflicting',
      'added',
    ])
    expect(kinds.filter((kind) => kind === 'added')).toHaveLength(2)
    expect(await shown(collection)).toEqual(['indicator--a@1', 'indicator--b@1'])
  })

  it('treats a second copy in the same batch as present', async () => {
    const collection = await makeCollection()
    const outcomes = await add(collection, objectVersion('a'), objectVersion('a'))
    expect(outcomes.map(({ kind }) => kind)).toEqual(['added', 'present'])
  })

  it('shows the greatest version, whatever order the versions arrive in', async () => {
    const collection = await makeCollection()
    await add(collection, objectVersion('a', 2), objectVersion('b', 1))
    await add(collection, objectVersion('a', 1), objectVersion('a', 3), objectVersion('b', 2))
    expect(await shown(collection)).toEqual(['indicator--a@3', 'indicator--b@2'])
    const all = { all: true, first: false, last: false, keys: [], specVersions: null }
    expect(await shown(collection, { versions: [all] })).toEqual([
      'indicator--a@2',
      'indicator--b@1',
      'indicator--a@1',
      'indicator--a@3',
      'indicator--b@2',
    ])
    expect(await shown(collection, { versions: [{ ...all, all: false, first: true }] })).toEqual([
      'indicator--b@1',
      'indicator--a@1',
    ])
  })

  it('keeps the text to the character, up to nearly two megabytes', async () => {
    const collection = await makeCollection()
    const texts = [
      '{"a": 1.0,  "b": 12345678901234567890, "ü": "\\u00e9\\n😀"}',
      JSON.stringify({ big: '"'.repeat(900_000) }),
    ]
    await add(collection, ...texts.map((content, i) => objectVersion(`t${i}`, 1, { content })))
    const page = await readContentPage(openReader(env.DB), pageQuery(collection))
    expect(page.content).toBe(texts.join(','))
  })

  it('fills views in the same transaction, each with a sequence of its own', async () => {
    const parent = await makeCollection()
    const view = await makeCollection({
      of: parent,
      selector: ['type:identity', 'match:ipv4-addr'],
    })
    await add(
      parent,
      objectVersion('url', 1, { subtypes: ['url'] }),
      objectVersion('ip', 1, { subtypes: ['ipv4-addr', 'url'] }),
      objectVersion('who', 1, { type: 'identity' }),
    )
    expect(await shown(view)).toEqual(['indicator--ip@1', 'identity--who@1'])
    await add(parent, objectVersion('ip', 2, { subtypes: ['ipv4-addr'] }))
    expect(await shown(view)).toEqual(['identity--who@1', 'indicator--ip@2'])
    expect(await shown(view, { listGroups: [['match:url']] })).toEqual([])
    expect(await shown(parent, { listGroups: [['match:ipv4-addr']] })).toEqual(['indicator--ip@2'])
  })

  it('stores more objects than one transaction takes', async () => {
    const collection = await makeCollection()
    const many = Array.from({ length: 4_100 }, (_, i) => objectVersion(`n${i}`))
    const outcomes = await add(collection, ...many)
    expect(outcomes.every(({ kind }) => kind === 'added')).toBe(true)
    expect(new Set(outcomes.map(({ dateAddedMs }) => dateAddedMs)).size).toBe(4_100)
    expect(
      (await readManifestPage(openReader(env.DB), pageQuery(collection, { limit: 5_000 }))).records,
    ).toHaveLength(4_100)
  })
})
