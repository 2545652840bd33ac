// Collections and views as the operator made them, in one database. `placed-collections.ts` asks
// all of them.
import { and, asc, eq, ne, or, sql } from 'drizzle-orm'
import { orm, type Session } from './database.ts'
import { collections } from './schema.ts'

/** `parentId` and `selector` are set on a view: whose objects, and which lists of them, it shows. */
export type Collection = {
  ref: number
  id: string
  alias: string | null
  title: string
  description: string | null
  isReadable: boolean
  isWritable: boolean
  mediaTypes: string[]
  parentRef: number | null
  selector: string[] | null
  /** Object versions go after so many days; null = never. A view has none: it follows its parent. */
  retentionDays: number | null
  revision: number
  lastAddedMs: number
  createdAtMs: number
}

export type NewCollection = Pick<
  Collection,
  'id' | 'alias' | 'title' | 'description' | 'isReadable' | 'isWritable' | 'mediaTypes'
> & {
  parentRef: number | null
  selector: string[] | null
  retentionDays?: number | null
  createdAtMs: number
}

const columns = {
  ref: collections.ref,
  id: collections.id,
  alias: collections.alias,
  title: collections.title,
  description: collections.description,
  isReadable: collections.isReadable,
  isWritable: collections.isWritable,
  mediaTypes: collections.mediaTypes,
  parentRef: collections.parentRef,
  selector: collections.selector,
  retentionDays: collections.retentionDays,
  revision: collections.revision,
  lastAddedMs: collections.lastAddedMs,
  createdAtMs: collections.createdAtMs,
}

/** All collections, ordered by id: the same order at every request. */
export async function listCollections(session: Session): Promise<Collection[]> {
  return await orm(session).select(columns).from(collections).orderBy(asc(collections.id))
}

export async function findCollection(
  session: Session,
  idOrAlias: string,
): Promise<Collection | undefined> {
  return await orm(session)
    .select(columns)
    .from(collections)
    .where(or(eq(collections.id, idOrAlias), eq(collections.alias, idOrAlias)))
    .get()
}

/** Media types never change, so what a collection does not take has never been in it. */
export function takesSpecVersion(
  { mediaTypes }: Pick<Collection, 'mediaTypes'>,
  specVersion: string,
): boolean {
  return mediaTypes.some(
    (mediaType) => !mediaType.includes('version=') || mediaType.endsWith(`version=${specVersion}`),
  )
}

export type TakenProperty = 'id' | 'alias' | 'title'

/** `taken` names the property that another collection already has. */
export type CreateOutcome =
  | { ok: true; collection: Collection }
  | { ok: false; taken: TakenProperty }

/**
 * Revisions begin at the time of creation: one that is made anew under the id of a deleted one, here
 * or in another database, has none that pages of the old one were kept under.
 */
const FIRST_REVISION = sql`CAST(unixepoch('subsec') * 1000 AS INTEGER)`

export async function createCollection(
  session: Session,
  collection: NewCollection,
): Promise<CreateOutcome> {
  const taken = await takenProperty(session, collection)
  if (taken !== undefined) return { ok: false, taken }
  const [created] = await orm(session)
    .insert(collections)
    .values({ ...collection, revision: FIRST_REVISION })
    .onConflictDoNothing()
    .returning(columns)
  if (created !== undefined) return { ok: true, collection: created }
  // Taken between the look and the insert.
  return { ok: false, taken: (await takenProperty(session, collection)) ?? 'title' }
}

/** An alias that is another collection's id would make a URL mean two things. */
export async function takenProperty(
  session: Session,
  { id, alias, title }: Pick<Collection, 'id' | 'alias' | 'title'>,
  ownRef = 0,
): Promise<TakenProperty | undefined> {
  const names = alias === null ? [id] : [id, alias]
  const known = await orm(session)
    .select({ id: collections.id, alias: collections.alias, title: collections.title })
    .from(collections)
    .where(
      and(
        ne(collections.ref, ownRef),
        or(
          eq(collections.title, title),
          ...names.flatMap((name) => [eq(collections.id, name), eq(collections.alias, name)]),
        ),
      ),
    )
    .get()
  if (known === undefined) return undefined
  if (known.title === title) return 'title'
  return known.id === id ? 'id' : 'alias'
}

export type CollectionPatch = Partial<
  Pick<
    Collection,
    'alias' | 'title' | 'description' | 'isReadable' | 'isWritable' | 'retentionDays'
  >
>

/** Changes a collection; its revision moves, so that no cached page outlives the change. */
export async function changeCollection(
  session: Session,
  current: Collection,
  patch: CollectionPatch,
): Promise<CreateOutcome> {
  const taken = await takenProperty(session, { ...current, ...patch }, current.ref)
  if (taken !== undefined) return { ok: false, taken }
  const changed = await orm(session)
    .update(collections)
    .set({ ...patch, revision: sql`${collections.revision} + 1` })
    .where(eq(collections.ref, current.ref))
    .returning(columns)
    .get()
  return { ok: true, collection: changed }
}

/** How much a database holds: its file in bytes, and its collections. */
export type DatabaseSize = { bytes: number; collections: number }

export async function measureDatabase(session: Session): Promise<DatabaseSize> {
  const { results, meta } = await session
    .prepare('SELECT count(*) AS n FROM collections')
    .all<{ n: number }>()
  return { bytes: meta.size_after, collections: results[0]?.n ?? 0 }
}
