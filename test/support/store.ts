// Small objects and collections for tests that speak to the store directly.
import { env } from 'cloudflare:workers'
import { type AddOutcome, addObjects } from '../../src/store/add-objects.ts'
import { type Collection, createCollection } from '../../src/store/collections.ts'
import { openWriter } from '../../src/store/database.ts'
import { listsOf } from '../../src/store/lists.ts'
import type { NewObject } from '../../src/store/object-chunks.ts'
import { END_OF_TIME_MS, type PageQuery } from '../../src/store/page-query.ts'

let count = 0

export async function makeCollection(view?: { of: Collection; selector: string[] }) {
  count++
  const outcome = await createCollection(openWriter(env.DB), {
    id: crypto.randomUUID(),
    alias: `collection-${count}`,
    title: `Collection ${count}`,
    description: null,
    isReadable: true,
    isWritable: view === undefined,
    mediaTypes: ['application/stix+json;version=2.1'],
    parentRef: view?.of.ref ?? null,
    selector: view?.selector ?? null,
    createdAtMs: Date.now(),
  })
  if (!outcome.ok) throw new Error(`a collection with this ${outcome.taken} exists`)
  return outcome.collection
}

type Facts = { type?: string; subtypes?: string[]; specVersion?: string; content?: string }

/** One version of an object; `name` makes its id, `version` its place among the versions. */
export function objectVersion(name: string, version = 1, facts: Facts = {}): NewObject {
  const type = facts.type ?? 'indicator'
  const id = `${type}--${name}`
  const modified = `2024-01-01T00:00:00.${String(version).padStart(3, '0')}Z`
  return {
    stixId: id,
    type,
    specVersion: facts.specVersion ?? '2.1',
    versionKey: modified.slice(0, -1),
    version: modified,
    ...listsOf({ id, type, subtypes: facts.subtypes ?? [], comparisons: [], value: {} }),
    content: facts.content ?? JSON.stringify({ type, id, modified }),
  }
}

export async function add(to: Collection, ...objects: NewObject[]): Promise<AddOutcome[]> {
  return (await addObjects(openWriter(env.DB), to.ref, objects)).outcomes
}

export function pageQuery(of: Collection, asked: Partial<PageQuery> = {}): PageQuery {
  return {
    collectionRef: of.ref,
    revision: of.revision,
    listGroups: [],
    versions: [],
    content: [],
    beforeMs: END_OF_TIME_MS,
    order: 'asc',
    afterMs: 0,
    floorMs: 0,
    limit: 100,
    bytesMax: 4_000_000,
    ...asked,
  }
}
