// The two doors to D1: reads go to any replica (or one that is at least as new as a bookmark),
// writes to the primary. Everything else in this folder is handed one of these sessions.
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'
import { ObservedSession } from './observed-session.ts'

export type Session = D1DatabaseSession

/**
 * A session for reading. Without a bookmark it may lag behind the primary: it then sees a prefix
 * of every collection's sequence, never a hole.
 */
export function openReader(database: D1Database, bookmark?: string): Session {
  return observed(database.withSession(bookmark ?? 'first-unconstrained'))
}

/** A session on the primary; its bookmark, sent back by a client, gives read-your-writes. */
export function openWriter(database: D1Database): Session {
  return observed(database.withSession('first-primary'))
}

/** It has what is called of a session; D1's own types ask for more. */
function observed(session: D1DatabaseSession): Session {
  return new ObservedSession(session) as unknown as Session
}

/** Drizzle over a session. The driver calls `prepare` and `batch` only, which a session has. */
export function orm(session: Session): DrizzleD1Database {
  return drizzle(session as unknown as D1Database)
}
