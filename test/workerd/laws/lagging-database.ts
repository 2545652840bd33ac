// A D1 database with replicas that lag. Writes go to the real one; each reader sees the state after
// some earlier commit, loaded into the SQLite of a Durable Object. A state is always a whole commit.
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'

type Row = (string | number | null)[]
type State = Record<string, Row[]>
type Value = string | number | null

const TABLES = ['collections', 'objects', 'list_entries'] as const

export class LaggingDatabase {
  readonly #states: State[] = []
  readonly #replica = env.API_KEYS.getByName('replica')
  #loaded: number | undefined
  #lastWrite: Promise<unknown> = Promise.resolve()
  /** Which state a reader sees, of those there are. Where none is chosen, the newest. */
  choose: (states: number) => number = (states) => states - 1

  /** Starts from what the database holds now. */
  async begin(): Promise<void> {
    await runInDurableObject(this.#replica, (_, { storage }) => {
      for (const { queries } of env.TEST_MIGRATIONS) {
        for (const query of queries) storage.sql.exec(query)
      }
    })
    this.#states.push(await readState())
  }

  /** What the Worker calls; see `openReader` and `openWriter`. */
  withSession(constraint: string): D1DatabaseSession {
    if (constraint === 'first-primary') return this.#primary()
    const atLeast = /^commit-(\d+)$/.exec(constraint)?.[1]
    const chosen = this.choose(this.#states.length)
    return this.#reader(atLeast === undefined ? chosen : Math.max(chosen, Number(atLeast)))
  }

  #primary(): D1DatabaseSession {
    const session = env.DB.withSession('first-primary')
    let bookmark = this.#states.length - 1
    const primary = {
      prepare: (sql: string) => session.prepare(sql),
      batch: async (statements: D1PreparedStatement[]) => {
        const work = this.#lastWrite.then(async () => {
          const results = await session.batch(statements)
          this.#states.push(await readState())
          bookmark = this.#states.length - 1
          return results
        })
        this.#lastWrite = work.catch(() => undefined)
        return await work
      },
      getBookmark: () => `commit-${bookmark}`,
    }
    return primary as unknown as D1DatabaseSession
  }

  #reader(at: number): D1DatabaseSession {
    const run = (statements: Statement[]) => this.#run(at, statements)
    const session = {
      prepare: (sql: string) => new Statement(run, sql, []),
      batch: async (statements: Statement[]) =>
        (await run(statements)).map((result) => ({ ...result, success: true, meta: {} })),
      getBookmark: () => `commit-${at}`,
    }
    return session as unknown as D1DatabaseSession
  }

  /** All of the statements see the same state. */
  async #run(at: number, statements: Statement[]): Promise<Result[]> {
    const state = this.#states[at]
    if (state === undefined) throw new RangeError(`no state ${at}`)
    return await runInDurableObject(this.#replica, (_, { storage }) => {
      if (this.#loaded !== at) load(storage.sql, state)
      this.#loaded = at
      return statements.map(({ sql, values }) => {
        const cursor = storage.sql.exec(sql, ...values)
        const columns = cursor.columnNames
        const rows = [...cursor.raw()] as Row[]
        const results = rows.map((row) =>
          Object.fromEntries(row.map((value, column) => [columns[column], value])),
        )
        return { rows, results }
      })
    })
  }
}

type Result = { rows: Row[]; results: Record<string, Value | undefined>[] }

/** What of D1's statements reading needs. */
class Statement {
  readonly sql: string
  readonly values: Value[]
  readonly #run: (statements: Statement[]) => Promise<Result[]>

  constructor(run: (statements: Statement[]) => Promise<Result[]>, sql: string, values: Value[]) {
    this.#run = run
    this.sql = sql
    this.values = values
  }

  bind(...values: Value[]): Statement {
    return new Statement(this.#run, this.sql, values)
  }

  async raw(): Promise<Row[]> {
    return (await this.#result()).rows
  }

  async all() {
    return { ...(await this.#result()), success: true, meta: {} }
  }

  async first(column?: string) {
    const [row] = (await this.#result()).results
    if (row === undefined) return null
    return column === undefined ? row : row[column]
  }

  async #result(): Promise<Result> {
    const [result] = await this.#run([this])
    if (result === undefined) throw new Error('a statement has a result')
    return result
  }
}

async function readState(): Promise<State> {
  const results = await env.DB.batch<Record<string, Value>>(
    TABLES.map((table) => env.DB.prepare(`SELECT * FROM ${table}`)),
  )
  return Object.fromEntries(
    TABLES.map((table, at) => [table, (results[at]?.results ?? []).map(Object.values)]),
  )
}

function load(sql: SqlStorage, state: State): void {
  for (const table of TABLES) {
    sql.exec(`DELETE FROM ${table}`)
    const rows = state[table] ?? []
    const columns = (rows[0] ?? []).map((_, column) => `value ->> ${column}`).join(', ')
    if (rows.length === 0) continue
    sql.exec(`INSERT INTO ${table} SELECT ${columns} FROM json_each(?1)`, JSON.stringify(rows))
  }
}
