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

/** A database in which something happens right after its first batch, or its first single statement. */
export function interrupted(after: 'batch' | 'statement', happens: () => Promise<unknown>) {
  let isOver = false
  const then = async <Result>(kind: typeof after, work: Promise<Result>): Promise<Result> => {
    const result = await work
    if (kind !== after || isOver) return result
    isOver = true
    await happens()
    return result
  }
  const withSession = (constraint: string) => {
    const session = env.DB.withSession(constraint)
    const watched = (statement: D1PreparedStatement): D1PreparedStatement => {
      const raw = statement.raw.bind(statement) as () => Promise<unknown[]>
      const bind = statement.bind.bind(statement)
      return Object.assign(statement, {
        raw: () => then('statement', raw()),
        bind: (...values: unknown[]) => watched(bind(...values)),
      })
    }
    const interruptedSession = {
      prepare: (sql: string) => watched(session.prepare(sql)),
      batch: (statements: D1PreparedStatement[]) => then('batch', session.batch(statements)),
      getBookmark: () => session.getBookmark(),
    }
    return interruptedSession as unknown as D1DatabaseSession
  }
  return { withSession }
}
