// A session of D1 that notes each call: how long it took and, where D1 says so, how many rows it
// read and wrote. It has what this folder and drizzle use of a session, and nothing else.
import { noteDatabaseCall } from '../observe/database-calls.ts'

export class ObservedSession {
  readonly #session: D1DatabaseSession

  constructor(session: D1DatabaseSession) {
    this.#session = session
  }

  prepare(sql: string): ObservedStatement {
    return new ObservedStatement(this.#session.prepare(sql))
  }

  batch<Row>(statements: readonly ObservedStatement[]): Promise<D1Result<Row>[]> {
    const inner = statements.map((statement) => statement.inner)
    return noteDatabaseCall(
      () => this.#session.batch<Row>(inner),
      (results) => results.map(({ meta }) => meta),
    )
  }

  getBookmark(): string | null {
    return this.#session.getBookmark()
  }
}

class ObservedStatement {
  /** What D1 knows: its `batch` takes no other. */
  readonly inner: D1PreparedStatement

  constructor(inner: D1PreparedStatement) {
    this.inner = inner
  }

  bind(...values: unknown[]): ObservedStatement {
    return new ObservedStatement(this.inner.bind(...values))
  }

  all<Row>(): Promise<D1Result<Row>> {
    return noteDatabaseCall(() => this.inner.all<Row>(), metaOf)
  }

  run<Row>(): Promise<D1Result<Row>> {
    return noteDatabaseCall(() => this.inner.run<Row>(), metaOf)
  }

  raw<Row extends unknown[]>(): Promise<Row[]> {
    return noteDatabaseCall(() => this.inner.raw<Row>(), nothingOf)
  }

  first<Row>(column?: string): Promise<Row | null> {
    return noteDatabaseCall(
      () => (column === undefined ? this.inner.first<Row>() : this.inner.first<Row>(column)),
      nothingOf,
    )
  }
}

function metaOf({ meta }: D1Result) {
  return [meta]
}

/** These two give rows alone. */
function nothingOf() {
  return []
}
