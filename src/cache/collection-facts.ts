// Collections as this isolate remembers them, so that a page does not first ask who it belongs to.
// A memory is used for a bounded time and dropped at once by a change made in the same isolate.
import { type Collection, findCollection } from '../store/collections.ts'
import type { Session } from '../store/database.ts'

/** How long a change made elsewhere may go unseen here. */
export const COLLECTION_FACTS_MS_MAX = 2_000
const COLLECTIONS_MAX = 1_000

type Fact = { collection: Collection; readAtMs: number }

const facts = new WeakMap<D1Database, Map<string, Fact>>()

export async function readCollection(
  database: D1Database,
  session: Session,
  idOrAlias: string,
): Promise<Collection | undefined> {
  const known = factsOf(database)
  const fact = known.get(idOrAlias)
  if (fact !== undefined && Date.now() - fact.readAtMs < COLLECTION_FACTS_MS_MAX) {
    return fact.collection
  }
  const collection = await findCollection(session, idOrAlias)
  known.delete(idOrAlias)
  if (collection === undefined) return undefined
  if (known.size >= COLLECTIONS_MAX) known.clear()
  known.set(idOrAlias, { collection, readAtMs: Date.now() })
  return collection
}

/** A look-up that is under way keeps what it finds in a memory that nobody asks any more. */
export function forgetCollections(database: D1Database): void {
  facts.delete(database)
}

function factsOf(database: D1Database): Map<string, Fact> {
  const known = facts.get(database) ?? new Map<string, Fact>()
  facts.set(database, known)
  return known
}
