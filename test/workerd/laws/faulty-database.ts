// D1 databases that misbehave at a chosen moment, as a network or a neighbour might make them.
import { env } from 'cloudflare:workers'

/** A database in which a transaction fails at one of its statements, after those before it. */
export function failingAt(fails: (sql: string, batch: number) => boolean) {
  let batches = 0
  const sqlOf = new WeakMap<D1PreparedStatement, string>()
  const withSession = (constraint: string) => {
    const session = env.DB.withSession(constraint)
    const note = (statement: D1PreparedStatement, sql: string): D1PreparedStatement => {
      sqlOf.set(statement, sql)
      const bind = statement.bind.bind(statement)
      return Object.assign(statement, {
        bind: (...values: unknown[]) => note(bind(...values), sql),
      })
    }
    return {
      prepare: (sql: string) => note(session.prepare(sql), sql),
      batch: (statements: D1PreparedStatement[]) => {
        batches++
        const broken = session.prepare("SELECT json('{')")
        const isFailing = (each: D1PreparedStatement) => fails(sqlOf.get(each) ?? '', batches)
        return session.batch(
          statements.flatMap((each) => (isFailing(each) ? [broken, each] : [each])),
        )
      },
      getBookmark: () => session.getBookmark(),
    }
  }
  return { withSession }
}

/** A database in which something happens right after the first batch of statements. */
export function interrupted(happens: () => Promise<unknown>) {
  let isOver = false
  const withSession = (constraint: string) => {
    const session = env.DB.withSession(constraint)
    return {
      prepare: (sql: string) => session.prepare(sql),
      batch: async (statements: D1PreparedStatement[]) => {
        const results = await session.batch(statements)
        if (!isOver) {
          isOver = true
          await happens()
        }
        return results
      },
      getBookmark: () => session.getBookmark(),
    }
  }
  return { withSession }
}
