// Bringing things in behind a sequence that has moved meanwhile changes nothing at all: what was
// looked up before the transaction is looked at again inside it.
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import type { Collection } from '../../../src/store/collections.ts'
import { openWriter } from '../../../src/store/database.ts'
import type { NewObject } from '../../../src/store/object-chunks.ts'
import { restoreEntries } from '../../../src/store/restore-entries.ts'
import { moveLastDate, restoreObjects } from '../../../src/store/restore-objects.ts'
import { add, makeCollection, objectVersion } from '../../support/store.ts'

/** All that readers and writers see; `batch_…` means something inside a transaction only. */
async function stored(): Promise<unknown> {
  const queries = [
    'SELECT ref, last_added_ms, revision FROM collections',
    'SELECT * FROM objects',
    'SELECT * FROM list_entries',
  ]
  const results = await env.DB.batch(queries.map((sql) => env.DB.prepare(sql)))
  return results.map(({ results: rows }) => rows)
}

async function makeBoth(): Promise<{ collection: Collection; view: Collection }> {
  const collection = await makeCollection()
  const view = await makeCollection({ of: collection, selector: ['type:indicator'] })
  await add(collection, objectVersion('a'), objectVersion('b', 2))
  return { collection, view }
}

const restore = (to: Collection, objects: NewObject[], afterMs: number) =>
  restoreObjects(
    openWriter(env.DB),
    to.ref,
    objects.map((object, at) => ({ ...object, dateAddedMs: afterMs + at + 1 })),
    { afterMs, throughMs: afterMs + objects.length },
  )

it('objects: neither stored, nor listed, nor shown in a view', async () => {
  const { collection } = await makeBoth()
  const before = await stored()
  const objects = [objectVersion('c'), objectVersion('b', 3), objectVersion('a')]
  expect(await restore(collection, objects, 0)).toMatchObject({ ok: false, outcomes: [] })
  expect(await restore(collection, objects, Date.now() + 9e9)).toMatchObject({ ok: false })
  expect(await restore(collection, [], 7)).toMatchObject({ ok: false })
  expect(await stored()).toEqual(before)
})

it('objects: what a transaction before it brought stays', async () => {
  const collection = await makeCollection()
  expect(await restore(collection, [objectVersion('a')], 0)).toMatchObject({ ok: true })
  const before = await stored()
  // A second copy begins a second transaction, which another writer could overtake.
  expect(await restore(collection, [objectVersion('b')], 0)).toMatchObject({ ok: false })
  expect(await stored()).toEqual(before)
  expect(await restore(collection, [objectVersion('b')], 1)).toMatchObject({
    ok: true,
    outcomes: [{ kind: 'added', dateAddedMs: 2 }],
  })
})

it('members of a view', async () => {
  const { view } = await makeBoth()
  await env.DB.prepare('DELETE FROM list_entries WHERE collection_ref = ?1').bind(view.ref).run()
  const before = await stored()
  const { stixId, specVersion, versionKey } = objectVersion('a')
  const entry = { stixId, specVersion, versionKey, dateAddedMs: 5 }
  const session = openWriter(env.DB)
  expect(await restoreEntries(session, view.ref, [entry], 0)).toMatchObject({ ok: false })
  expect(await stored()).toEqual(before)
})

it('the last date: it goes on from where it is said to be, or is there already', async () => {
  const collection = await makeCollection()
  const session = openWriter(env.DB)
  expect(await moveLastDate(session, collection.ref, 5, 9)).toBe(false)
  expect(await moveLastDate(session, collection.ref, 0, 9)).toBe(true)
  expect(await moveLastDate(session, collection.ref, 0, 9)).toBe(true)
  expect(await moveLastDate(session, collection.ref, 0, 8)).toBe(false)
})
