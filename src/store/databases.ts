// The D1 databases that collections are spread over: how they are found among the bindings, in which
// order they stand, which one a new collection goes to, whose bookmark is whose.
import { openReader, type Session } from './database.ts'

/** The binding of the home database: keys, operators, the audit log, and collections too. */
export const HOME = 'DB'
const FURTHER = /^DB_[A-Z0-9_]{1,30}$/

/** `name` is that of the binding. */
export type CollectionDatabase = { name: string; d1: D1Database }

/** `all` begins with `home`; the others follow by name. */
export type Databases = { home: CollectionDatabase; all: readonly CollectionDatabase[] }

type Bindings = { [HOME]: D1Database }

const known = new WeakMap<object, Databases>()

/** The databases among an environment's bindings; looked for once an isolate. */
export function databasesOf(env: Bindings): Databases {
  const found = known.get(env) ?? findDatabases(env)
  known.set(env, found)
  return found
}

function findDatabases(env: Bindings): Databases {
  const home = { name: HOME, d1: env[HOME] }
  const further = Object.entries(env)
    .filter(([name]) => FURTHER.test(name))
    .flatMap(([name, d1]) => (isDatabase(d1) ? [{ name, d1 }] : []))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  return { home, all: [home, ...further] }
}

/** A setting may be called `DB_…` as well: that is a text. */
function isDatabase(binding: unknown): binding is D1Database {
  return typeof binding === 'object' && binding !== null && 'withSession' in binding
}

/** The database of this name; undefined when there is none. */
export function databaseNamed({ all }: Databases, name: string): CollectionDatabase | undefined {
  return all.find((each) => each.name === name)
}

/** What a client is given after a write, to read what it wrote. That of the home database is bare. */
export function bookmarkAfter(session: Session, { name }: CollectionDatabase): string {
  const bookmark = session.getBookmark() ?? ''
  return bookmark === '' || name === HOME ? bookmark : `${name}:${bookmark}`
}

/** The bookmark that a client sends, if it is one of this database: elsewhere it means nothing. */
export function bookmarkOfDatabase(
  text: string | undefined,
  { name }: CollectionDatabase,
): string | undefined {
  const [, writtenIn = HOME, bookmark] = /^(?:(DB\w*):)?([\w-]{1,200})$/.exec(text ?? '') ?? []
  return writtenIn === name ? bookmark : undefined
}

/** The first answer, in the order of the databases, of those that have one; all are asked at once. */
export async function askDatabases<Found>(
  databases: readonly CollectionDatabase[],
  look: (database: CollectionDatabase) => Promise<Found | undefined>,
): Promise<{ database: CollectionDatabase; found: Found } | undefined> {
  const answers = await Promise.allSettled(
    databases.map(async (database) => ({ database, found: await look(database) })),
  )
  for (const answer of answers) {
    if (answer.status !== 'fulfilled') continue
    const { database, found } = answer.value
    if (found !== undefined) return { database, found }
  }
  // What nobody has may be in the one that could not be reached.
  for (const answer of answers) if (answer.status === 'rejected') throw answer.reason
  return undefined
}

/** Touches every database: for readiness. */
export async function pingDatabases({ all }: Databases): Promise<void> {
  await Promise.all(all.map(({ d1 }) => openReader(d1).prepare('SELECT 1').first()))
}
