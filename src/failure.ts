// Every way a request can be refused: one closed union, carrying the evidence. What of it a client
// may see, and under which status, is decided in http/render-failure.ts alone.

export type Failure =
  | { kind: 'missing-api-key' }
  | { kind: 'bad-api-key'; problem: 'invalid' | 'expired' | 'revoked' }
  | { kind: 'address-not-allowed' }
  | { kind: 'bad-operator-token'; problem: 'missing' | 'invalid' }
  | { kind: 'insufficient-scope'; required: string; granted: readonly string[] }
  | { kind: 'collection-forbids'; need: 'read' | 'write' | 'delete'; collection: string }
  | { kind: 'not-found'; what: 'path' | 'collection' | 'object' | 'status' | 'key' | 'operator' }
  | { kind: 'method-not-allowed'; allow: readonly string[] }
  | { kind: 'not-acceptable'; accept: string; offered: readonly string[] }
  | { kind: 'unsupported-media-type'; contentType: string | null; offered: readonly string[] }
  | { kind: 'body-too-large'; bytesMax: number }
  | { kind: 'bad-parameter'; name: string; problem: string }
  | { kind: 'bad-envelope'; problem: string; isJson: boolean }
  | { kind: 'bad-body'; problems: readonly { path: string; problem: string }[] }
  | { kind: 'conflict'; property: string; problem: string }
  | { kind: 'limit-reached'; window: 'minute' | 'day'; retryAfterSeconds: number }
  /** How far the search came is kept: the same request goes on from there. */
  | { kind: 'search-unfinished'; retryAfterSeconds: number }
  | { kind: 'unavailable'; part: 'keys' | 'store' | 'configuration'; retryAfterSeconds: number }

/** The one error that code throws to refuse a request; caught once, in the app's error hook. */
export class Refusal extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.kind)
    this.failure = failure
  }
}

export function refuse(failure: Failure): never {
  throw new Refusal(failure)
}
