// A D1 database that adds up what its statements read and wrote, as D1 says it and bills it.

type Statement = { sql: string; inner: D1PreparedStatement }

/** `calls`: round trips; a batch is one. */
export type Work = { rowsRead: number; rowsWritten: number; calls: number }

export class MeteredDatabase {
  readonly #database: D1Database
  #work: Work = { rowsRead: 0, rowsWritten: 0, calls: 0 }

  constructor(database: D1Database) {
    this.#database = database
  }

  /** What was done since it was last asked. */
  take(): Work {
    const work = this.#work
    this.#work = { rowsRead: 0, rowsWritten: 0, calls: 0 }
    return work
  }

  withSession(constraint: string) {
    const session = this.#database.withSession(constraint)
    return {
      prepare: (sql: string) => this.#meter({ sql, inner: session.prepare(sql) }),
      batch: async (statements: Statement[]) => {
        const results = await session.batch(statements.map(({ inner }) => inner))
        return this.#note(results)
      },
      getBookmark: () => session.getBookmark(),
    }
  }

  #meter({ sql, inner }: Statement): Statement {
    const all = async () => this.#note([await inner.all()])[0]
    const metered = {
      bind: (...values: unknown[]) => this.#meter({ sql, inner: inner.bind(...values) }),
      all,
      run: all,
      // These say nothing of rows: a query is made once more, for what it costs.
      raw: async () => {
        if (isQuery(sql)) await all()
        return await inner.raw()
      },
      first: async (...column: [] | [string]) => {
        if (isQuery(sql)) await all()
        return await (inner.first as (...column: string[]) => Promise<unknown>)(...column)
      },
    }
    return { sql, inner, ...metered }
  }

  #note<Result extends D1Result>(results: Result[]): Result[] {
    this.#work.calls++
    for (const { meta } of results) {
      this.#work.rowsRead += meta.rows_read
      this.#work.rowsWritten += meta.rows_written
    }
    return results
  }
}

function isQuery(sql: string): boolean {
  return /^\s*(select|with)\b/i.test(sql)
}
