// What a top-level object is, as far as its keys have told yet: a STIX bundle, a TAXII envelope
// (TAXII 2.1 §3.7), or an object in its own right.
import type { Captured } from './text-capture.ts'

export class TopObject {
  #key = ''
  #type: 'absent' | 'bundle' | 'other' = 'absent'
  #objects: 'absent' | 'list' | 'other' = 'absent'
  #hasOnlyPaging = true

  /** One whose `objects` list has been entered before the reader came. */
  static entered(): TopObject {
    const top = new TopObject()
    top.#objects = 'list'
    return top
  }

  /** Whether the key just read is the `type`; a second one does not count. */
  get isAtType(): boolean {
    return this.#key === 'type' && this.#type === 'absent'
  }

  /** Whether the key just read is the `objects` of what may be a bundle or an envelope. */
  get isAtObjects(): boolean {
    return this.#key === 'objects' && this.#type !== 'other'
  }

  get hasObjects(): boolean {
    return this.#objects !== 'absent'
  }

  get hasList(): boolean {
    return this.#objects === 'list'
  }

  /** `unknown`: it has `objects` as a bundle or an envelope would, but they are no list. */
  get kind(): 'bundle' | 'envelope' | 'object' | 'unknown' {
    if (this.#type === 'other') return 'object'
    if (this.#objects === 'other') return 'unknown'
    if (this.#type === 'bundle') return 'bundle'
    return this.#objects === 'list' || this.#hasOnlyPaging ? 'envelope' : 'object'
  }

  readKey(token: Captured): void {
    this.#key = stringOf(token)
    this.#hasOnlyPaging &&= this.#key === 'more' || this.#key === 'next'
  }

  readType(token: Captured): void {
    this.#type = stringOf(token) === 'bundle' ? 'bundle' : 'other'
  }

  readObjects(isList: boolean): void {
    this.#objects = isList ? 'list' : 'other'
  }
}

/** The string that a token spells; the names that matter here have no other escapes than `\u`. */
function stringOf(token: Captured): string {
  if (token.kind === 'oversized') return ''
  return token.text
    .slice(1, -1)
    .replace(/\\u([0-9a-fA-F]{4})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
}
