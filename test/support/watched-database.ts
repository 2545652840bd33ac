// A D1 database that notes what is asked of it, is out of reach when it is told to, and lets
// something else happen first.

type Statement = { sql: string; inner: D1PreparedStatement }

const RUNS = ['first', 'raw', 'all', 'run'] as const

export class WatchedDatabase {
  readonly #database: D1Database
  /** Of all sessions: where each began, and the statements of each, in order. */
  readonly sessions: string[] = []
  readonly statements: string[] = []
  /** Calls over the network: a batch is one. */
  roundTrips = 0
  isDown = false
  /** Awaited before every call. */
  before: (statements: string[]) => Promise<unknown> = async () => undefined

  constructor(database: D1Database) {
    this.#database = database
  }

  forget(): void {
    this.sessions.length = 0
    this.statements.length = 0
    this.roundTrips = 0
  }

  withSession(constraint: string) {
    this.sessions.push(constraint)
    const session = this.#database.withSession(constraint)
    return {
      prepare: (sql: string) => this.#watch({ sql, inner: session.prepare(sql) }),
      batch: (statements: Statement[]) =>
        this.#call(statements, () => session.batch(statements.map(({ inner }) => inner))),
      getBookmark: () => session.getBookmark(),
    }
  }

  #watch({ sql, inner }: Statement): Statement {
    const bind = (...values: unknown[]) => this.#watch({ sql, inner: inner.bind(...values) })
    const runs = RUNS.map((name) => {
      const run = inner[name].bind(inner) as (...args: unknown[]) => Promise<unknown>
      return [name, (...args: unknown[]) => this.#call([{ sql, inner }], () => run(...args))]
    })
    return { sql, inner, bind, ...Object.fromEntries(runs) }
  }

  async #call<Result>(statements: Statement[], run: () => Promise<Result>): Promise<Result> {
    const asked = statements.map(({ sql }) => sql)
    await this.before(asked)
    if (this.isDown) throw new Error('D1_ERROR: out of reach')
    this.roundTrips++
    this.statements.push(...asked)
    return await run()
  }
}
