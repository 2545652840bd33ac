// What is asked of D1, by one request or by the isolate as a whole.

export type DatabaseWork = {
  /** Round trips to D1; a batch of statements is one. */
  queries: number
  /** Time waited for them, added up: queries side by side count twice. */
  milliseconds: number
  /** Of those calls whose answer says so: writes and batches, but not the rows of a page. */
  rowsRead: number
  rowsWritten: number
}

export function noDatabaseWork(): DatabaseWork {
  return { queries: 0, milliseconds: 0, rowsRead: 0, rowsWritten: 0 }
}
