// Collections as this isolate remembers them, so that a page does not first ask who it belongs to.
// A memory is used for a bounded time and dropped at once by a change made in the same isolate.
import type { Session } from '../store/database.ts'
import type { CollectionDatabase, Databases } from '../store/databases.ts'
import { locateCollection, type PlacedCollection } from '../store/placed-collections.ts'

/** How long a change made elsewhere may go unseen here. */
export const COLLECTION_FACTS_MS_MAX = 2_000
const COLLECTIONS_MAX = 1_000

type Fact = { collection: PlacedCollection; readAtMs: number }

/** By the home database. */
const facts = new WeakMap<D1Database, Map<string, Fact>>()

export async function readCollection(
  databases: Databases,
  idOrAlias: string,
  open: (database: CollectionDatabase) => Session,
): Promise<PlacedCollection | undefined> {
  const known = factsOf(databases.home.d1)
  const fact = known.get(idOrAlias)
  if (fact !== undefined && Date.now() - fact.readAtMs < COLLECTION_FACTS_MS_MAX) {
    return fact.collection
  }
  const collection = await locateCollection(databases, idOrAlias, open)
  known.delete(idOrAlias)
  if (collection === undefined) return undefined
  if (known.size >= COLLECTIONS_MAX) known.clear()
  known.set(idOrAlias, { collection, readAtMs: Date.now() })
  return collection
}

/** Whether it has been found here before, maybe too long ago to be relied upon. */
export function isCollectionKnown({ home }: Databases, idOrAlias: string): boolean {
  return factsOf(home.d1).has(idOrAlias)
}

/** A look-up that is under way keeps what it finds in a memory that nobody asks any more. */
export function forgetCollections(home: D1Database): void {
  facts.delete(home)
}

function factsOf(home: D1Database): Map<string, Fact> {
  const known = facts.get(home) ?? new Map<string, Fact>()
  facts.set(home, known)
  return known
}
