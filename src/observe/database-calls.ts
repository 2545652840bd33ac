// Notes each call to D1. The calls are made far below the request, by code that knows no request;
// which one they belong to is told by the platform's asynchronous context.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { DatabaseWork } from './database-work.ts'
import { isolate } from './isolate.ts'

const workOfRequest = new AsyncLocalStorage<DatabaseWork>()

/** Whatever `run` begins, and what follows from it, is noted in `work`. */
export function notingDatabaseWork<Result>(work: DatabaseWork, run: () => Result): Result {
  return workOfRequest.run(work, run)
}

/** What D1 says of a statement, as far as it is of interest here. */
export type StatementMeta = { rows_read?: number; rows_written?: number }

/** Makes a call to D1 and notes it, also when it fails. */
export async function noteDatabaseCall<Result>(
  call: () => Promise<Result>,
  metasOf: (result: Result) => readonly (StatementMeta | undefined)[],
): Promise<Result> {
  const startedAtMs = Date.now()
  try {
    const result = await call()
    for (const meta of metasOf(result)) noteRows(meta)
    return result
  } finally {
    noteQuery(Date.now() - startedAtMs)
  }
}

function noteQuery(milliseconds: number): void {
  for (const work of currentWork()) {
    work.queries++
    work.milliseconds += milliseconds
  }
}

function noteRows({ rows_read = 0, rows_written = 0 }: StatementMeta = {}): void {
  for (const work of currentWork()) {
    work.rowsRead += rows_read
    work.rowsWritten += rows_written
  }
}

function currentWork(): DatabaseWork[] {
  const ofRequest = workOfRequest.getStore()
  return ofRequest === undefined ? [isolate().database] : [isolate().database, ofRequest]
}
