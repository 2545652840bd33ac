// A response that knows the size of its body, which the platform's own does not tell.
import { Buffer } from 'node:buffer'

type Body = string | Uint8Array<ArrayBuffer> | null

export class SizedResponse extends Response {
  readonly bodyBytes: number

  constructor(body: Body, init?: ResponseInit) {
    super(body, init)
    this.bodyBytes = sizeOf(body)
  }
}

function sizeOf(body: Body): number {
  if (body === null) return 0
  return typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
}
