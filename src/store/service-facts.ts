// What a database holds, told from what it keeps anyway: its size, its collections, what is still to
// be removed, the keys. Nothing here counts objects: the work is bounded, however many there are.
import type { Session } from './database.ts'

const COLLECTIONS_MAX = 1_000
export const KEYS_COUNTED_MAX = 10_000

export type CollectionFacts = {
  id: string
  alias: string | null
  isView: boolean
  lastAddedMs: number
  revision: number
}

export type DatabaseFacts = {
  bytes: number
  /** Object versions are numbered as they are stored; so many at most are there. */
  highestObjectRef: number
  removals: { pending: number; oldestMs: number | null }
  /** A thousand at most, by id. */
  collections: CollectionFacts[]
}

/** In one round trip. */
export async function readDatabaseFacts(session: Session): Promise<DatabaseFacts> {
  const [objects, removals, collections] = await session.batch<Record<string, unknown>>([
    session.prepare('SELECT max(ref) AS highest FROM objects'),
    session.prepare('SELECT count(*) AS pending, min(requested_at_ms) AS oldest FROM removals'),
    session
      .prepare(
        `SELECT id, alias, parent_ref, last_added_ms, revision FROM collections
         ORDER BY id LIMIT ?1`,
      )
      .bind(COLLECTIONS_MAX),
  ])
  const [removal] = removals?.results ?? []
  return {
    bytes: objects?.meta.size_after ?? 0,
    highestObjectRef: Number(objects?.results[0]?.highest ?? 0),
    removals: {
      pending: Number(removal?.pending ?? 0),
      oldestMs: (removal?.oldest ?? null) as number | null,
    },
    collections: (collections?.results ?? []).map((row) => ({
      id: String(row.id),
      alias: row.alias as string | null,
      isView: row.parent_ref !== null,
      lastAddedMs: Number(row.last_added_ms),
      revision: Number(row.revision),
    })),
  }
}

export type KeyCount = { tier: string; state: 'active' | 'expired' | 'revoked'; keys: number }

/** Of the newest keys, so many at most; `isComplete` is false when there may be more. */
export async function countKeys(
  session: Session,
  nowMs: number,
): Promise<{ counts: KeyCount[]; isComplete: boolean }> {
  const { results } = await session
    .prepare(COUNT_KEYS)
    .bind(nowMs, KEYS_COUNTED_MAX)
    .all<KeyCount>()
  const all = results.reduce((sum, { keys }) => sum + keys, 0)
  return { counts: results, isComplete: all < KEYS_COUNTED_MAX }
}

const COUNT_KEYS = `
  SELECT tier, state, count(*) AS keys FROM (
    SELECT record ->> 'tier' AS tier,
           CASE WHEN record ->> 'revokedAtMs' IS NOT NULL THEN 'revoked'
                WHEN record ->> 'expiresAtMs' <= ?1 THEN 'expired'
                ELSE 'active' END AS state
    FROM api_keys ORDER BY created_at_ms DESC, id DESC LIMIT ?2
  ) GROUP BY tier, state ORDER BY tier, state`
