// A response that knows the size of its body, which the platform's own does not tell.
import { Buffer } from 'node:buffer'

type Body = string | Uint8Array<ArrayBuffer> | null

export class SizedResponse extends Response {
  readonly #content: Body

  constructor(body: Body, init?: ResponseInit) {
    super(body, init)
    this.#content = body
  }

  /** Counted when it is asked for: on a large text it costs a hundredth of making the page. */
  get bodyBytes(): number {
    const content = this.#content
    if (content === null) return 0
    return typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength
  }
}
