// What is known of a request once it has been answered, under the names that a log line has. Nothing
// here comes from a query, a path or a credential; what is unknown is left out.
import type { DatabaseWork } from './database-work.ts'

export type RequestFacts = {
  event: 'request'
  time: string
  requestId: string
  /** Of a key that was found, also when it was then refused. */
  keyId: string | undefined
  operator: string | undefined
  /** Id of the operation; undefined for a path or a method that is none. */
  operation: string | undefined
  /** Path with the names of its parameters, never their values. */
  route: string | undefined
  method: string
  status: number
  errorCode: string | undefined
  /** Units charged. */
  weight: number | undefined
  /** STIX objects in the answer, or in the body that was sent. */
  objects: number | undefined
  /** Of the body of the answer as it left, compressed or not. */
  bytes: number | undefined
  pageSource: string | undefined
  d1Ms: number
  d1Queries: number
  d1RowsRead: number | undefined
  d1RowsWritten: number | undefined
  admissionMs: number | undefined
  totalMs: number
  colo: string | undefined
  client: string | undefined
}

/** What is gathered while a request is worked on; there is none when nobody would read it. */
export type RequestTrace = {
  startedAtMs: number
  /** When the gate had let it through. */
  admittedAtMs: number | undefined
  database: DatabaseWork
}
