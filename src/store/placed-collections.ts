// Collections over all databases. Each database keeps its collections in full, and there is no
// directory: who does not know where a collection is asks every database, and remembers the answer.
import {
  type Collection,
  type CollectionPatch,
  type CreateOutcome,
  changeCollection,
  createCollection,
  findCollection,
  listCollections,
  type NewCollection,
  type TakenProperty,
  takenProperty,
} from './collections.ts'
import { openWriter, type Session } from './database.ts'
import {
  askDatabases,
  type CollectionDatabase,
  type Databases,
  databaseNamed,
} from './databases.ts'
import { removeCollection } from './remove-collection.ts'

export type PlacedCollection = Collection & { database: CollectionDatabase }

type Open = (database: CollectionDatabase) => Session

export const onPrimary: Open = ({ d1 }) => openWriter(d1)

export async function locateCollection(
  databases: Databases,
  idOrAlias: string,
  open: Open,
): Promise<PlacedCollection | undefined> {
  const located = await searchPlaces(databases, idOrAlias, (database) =>
    findCollection(open(database), idOrAlias),
  )
  return located && { ...located.found, database: located.database }
}

const PLACES_MAX = 1_000

/** Names of databases by id and alias of a collection, for each home database. */
const places = new WeakMap<D1Database, Map<string, string>>()

/** Looks where the collection was found before; if it is there no more, everywhere else at once. */
export async function searchPlaces<Found>(
  databases: Databases,
  idOrAlias: string,
  look: (database: CollectionDatabase) => Promise<Found | undefined>,
): Promise<{ database: CollectionDatabase; found: Found } | undefined> {
  const remembered = placesOf(databases)
  const place = databaseNamed(databases, remembered.get(idOrAlias) ?? '')
  const there = place && (await askDatabases([place], look))
  if (there !== undefined) return there
  remembered.delete(idOrAlias)
  const located = await askDatabases(
    databases.all.filter((each) => each !== place),
    look,
  )
  if (located === undefined) return undefined
  if (remembered.size >= PLACES_MAX) remembered.clear()
  remembered.set(idOrAlias, located.database.name)
  return located
}

function placesOf({ home }: Databases): Map<string, string> {
  const remembered = places.get(home.d1) ?? new Map<string, string>()
  places.set(home.d1, remembered)
  return remembered
}

/** All collections, ordered by id. One database that cannot be reached fails the whole list. */
export async function listEverywhere({ all }: Databases, open: Open): Promise<PlacedCollection[]> {
  const lists = await Promise.all(
    all.map(async (database) =>
      (await listCollections(open(database))).map((each) => ({ ...each, database })),
    ),
  )
  return lists.flat().sort((a, b) => Number(a.id > b.id) - Number(a.id < b.id))
}

export type PlaceOutcome =
  | { ok: true; collection: PlacedCollection }
  | Extract<CreateOutcome, { ok: false }>

/**
 * Names are unique over all databases, though no transaction spans them: they are looked for before
 * and again after. Of two that take a name in two databases at once, the one that looks last sees
 * the other and withdraws; maybe both do, never neither.
 */
export async function createPlaced(
  databases: Databases,
  database: CollectionDatabase,
  collection: NewCollection,
): Promise<PlaceOutcome> {
  const takenElsewhere = () => takenIn(otherThan(databases, database), collection)
  const before = await takenElsewhere()
  if (before !== undefined) return { ok: false, taken: before }
  const session = openWriter(database.d1)
  const outcome = await createCollection(session, collection)
  if (!outcome.ok) return outcome
  const after = await takenElsewhere()
  if (after === undefined) return { ok: true, collection: { ...outcome.collection, database } }
  await removeCollection(session, outcome.collection.ref, collection.createdAtMs)
  return { ok: false, taken: after }
}

/** As for creating: a name that another database has taken meanwhile is given back. */
export async function changePlaced(
  databases: Databases,
  current: PlacedCollection,
  patch: CollectionPatch,
): Promise<PlaceOutcome> {
  const { database } = current
  const isRenamed = patch.alias !== undefined || patch.title !== undefined
  const others = isRenamed ? otherThan(databases, database) : []
  const takenElsewhere = () => takenIn(others, { ...current, ...patch })
  const before = await takenElsewhere()
  if (before !== undefined) return { ok: false, taken: before }
  const session = openWriter(database.d1)
  const outcome = await changeCollection(session, current, patch)
  if (!outcome.ok) return outcome
  const after = await takenElsewhere()
  if (after === undefined) return { ok: true, collection: { ...outcome.collection, database } }
  const given = Object.keys(patch) as (keyof CollectionPatch)[]
  await changeCollection(
    session,
    current,
    Object.fromEntries(given.map((key) => [key, current[key]])),
  )
  return { ok: false, taken: after }
}

function otherThan({ all }: Databases, { name }: CollectionDatabase): CollectionDatabase[] {
  return all.filter((each) => each.name !== name)
}

type Names = Pick<Collection, 'id' | 'alias' | 'title'>

async function takenIn(
  databases: CollectionDatabase[],
  names: Names,
): Promise<TakenProperty | undefined> {
  const answers = await Promise.all(
    databases.map((database) => takenProperty(onPrimary(database), names)),
  )
  return answers.find((taken) => taken !== undefined)
}
