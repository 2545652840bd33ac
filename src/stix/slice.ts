// Finds the texts of STIX objects inside a larger JSON text that comes in chunks of any size, and
// keeps those texts as they are. It judges the structure around the objects, never what is in them.
import { readFrame } from './frame.ts'
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  isByteOrderMark,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipSpace,
} from './json-text.ts'
import { TextCapture } from './text-capture.ts'
import { TopObject } from './top-object.ts'
import { UNFINISHED, ValueScanner } from './value-scanner.ts'

/** Longer objects are reported and skipped unless the caller sets another bound. */
export const OBJECT_CHARS_MAX = 10_000_000

/**
 * A place just behind an object, from which another slicer can go on: `offset` counts characters
 * from the start of the input, `mode` says what the object stood in.
 */
export type ResumePoint = { mode: ResumeMode; offset: number }

/** Between top-level values, in the `objects` of a bundle or envelope, or in a top-level array. */
export type ResumeMode = 'top' | 'objects' | 'array'

/** One object found; the slice is also the point to resume from once it has been dealt with. */
export type Slice = ResumePoint &
  ({ kind: 'text'; text: string } | { kind: 'oversized'; head: string; chars: number })

/** `syntax`: not JSON, or not sequences of it. `shape`: JSON that cannot be what it claims to be. */
export type SliceProblem = { kind: 'syntax' | 'shape'; message: string; offset: number }

/**
 * What the input was: an `envelope` (a TAXII one), a `bundle`, one bare `object`, a top-level
 * `array`, several of these in a row (`sequence`, NDJSON being one), or nothing (`empty`).
 */
export type InputKind = 'empty' | 'envelope' | 'bundle' | 'object' | 'array' | 'sequence'

export type SliceEnd = { ok: true; kind: InputKind } | { ok: false; problem: SliceProblem }

/** Input with more than `maxObjects` is a problem; without it there may be any number. */
export type SliceOptions = { maxObjectChars?: number; maxObjects?: number; resume?: ResumePoint }

/** `frame` is the bundle or envelope without its objects, and empty for input of other kinds. */
export type SlicedText =
  | { ok: true; kind: InputKind; slices: Slice[]; frame: Record<string, unknown> }
  | { ok: false; problem: SliceProblem; slices: Slice[] }

type State =
  | 'top'
  | 'first key'
  | 'key'
  | 'colon'
  | 'property'
  | 'after property'
  | 'first member'
  | 'member'
  | 'after member'
  | 'value'

/** What a value is to the text around it; `whole` is a top-level object known to be no envelope. */
type Role = 'key' | 'type' | 'property' | 'member' | 'whole'

/** A key or a `type` longer than this is none that matters here. */
const TOKEN_CHARS_MAX = 300

/**
 * Slices a text that is at hand as a whole; a bundle or envelope must be I-JSON around its objects
 * too. A problem comes with the objects found before it.
 */
export function sliceObjects(text: string, options: SliceOptions = {}): SlicedText {
  const slicer = new ObjectSlicer(options)
  const slices = slicer.push(text)
  const end = slicer.end()
  if (!end.ok) return { ...end, slices }
  if (end.kind !== 'bundle' && end.kind !== 'envelope') return { ...end, slices, frame: {} }
  const frame = readFrame(text, slices)
  if (frame.ok) return { ...end, slices, frame: frame.value }
  const kind = frame.isJson ? 'shape' : 'syntax'
  const message = `the ${end.kind} around its objects ${frame.message}`
  return { ok: false, problem: { kind, message, offset: text.length }, slices }
}

/**
 * Detects by itself whether it reads a bundle, a TAXII envelope, an array, or any of these and bare
 * objects one after the other. A top-level object is an envelope when it is of type `bundle`, when
 * it has an `objects` list and no `type`, or when it has nothing but `more` and `next`.
 *
 * A loader of large files decodes bytes as latin1: JSON's punctuation is ASCII, so the slicing is
 * the same, every offset is a byte offset, and each text is turned back into bytes on its own.
 */
export class ObjectSlicer {
  readonly #scanner = new ValueScanner()
  readonly #object: TextCapture
  readonly #token = new TextCapture(TOKEN_CHARS_MAX)
  #state: State = 'top'
  #role: Role = 'whole'
  #listMode: 'objects' | 'array' = 'objects'
  #top = new TopObject()
  #kind: InputKind = 'empty'
  #chunkOffset = 0
  #slices: Slice[] = []
  #problem: SliceProblem | undefined
  #objectsLeft: number

  /** With `resume`, the first chunk is what follows that point. */
  constructor(options: SliceOptions = {}) {
    this.#object = new TextCapture(options.maxObjectChars ?? OBJECT_CHARS_MAX)
    this.#objectsLeft = options.maxObjects ?? Number.POSITIVE_INFINITY
    const { mode, offset } = options.resume ?? { mode: 'top', offset: 0 }
    this.#chunkOffset = offset
    if (mode === 'top') return
    this.#state = 'after member'
    this.#listMode = mode
    this.#top = TopObject.entered()
  }

  /** What ended the slicing early; from then on nothing more is found. */
  get problem(): SliceProblem | undefined {
    return this.#problem
  }

  /** The objects that end in this chunk, in order, also those before a problem. */
  push(chunk: string): Slice[] {
    this.#slices = []
    if (this.#problem !== undefined) return this.#slices
    let at = 0
    while (at < chunk.length && this.#problem === undefined) at = this.#step(chunk, at)
    this.#object.suspend(chunk)
    this.#token.suspend(chunk)
    this.#chunkOffset += chunk.length
    return this.#slices
  }

  /** Says that no chunk follows, and hears whether the input was whole. */
  end(): SliceEnd {
    if (this.#problem === undefined && this.#state !== 'top') {
      this.#refuse(0, 'syntax', 'the text ends before it is complete')
    }
    if (this.#problem !== undefined) return { ok: false, problem: this.#problem }
    return { ok: true, kind: this.#kind }
  }

  /** Takes what stands at `at`; gives the index of the first character not yet taken. */
  #step(chunk: string, at: number): number {
    if (this.#state !== 'value') {
      const start = skipSpace(chunk, at)
      if (start < chunk.length) this.#state = this.#takePunctuation(chunk, start)
      return start + 1
    }
    const end = this.#scanner.advance(chunk, at)
    if (end !== UNFINISHED) this.#state = this.#endValue(chunk, end)
    const fault = this.#scanner.fault
    if (fault !== undefined) this.#refuse(fault.at, 'syntax', fault.message)
    return end === UNFINISHED ? chunk.length : end
  }

  #takePunctuation(chunk: string, at: number): State {
    const code = chunk.charCodeAt(at)
    switch (this.#state) {
      case 'top':
        return this.#beginTop(at, code)
      case 'first key':
        return code === CLOSE_BRACE ? this.#endTop(chunk, at + 1) : this.#beginKey(at, code)
      case 'key':
        return this.#beginKey(at, code)
      case 'colon':
        return code === COLON ? 'property' : this.#expected(at, "':'")
      case 'property':
        return this.#beginProperty(at, code)
      case 'after property':
        if (code === CLOSE_BRACE) return this.#endTop(chunk, at + 1)
        return code === COMMA ? 'key' : this.#expected(at, "',' or '}'")
      case 'first member':
        return code === CLOSE_BRACKET ? this.#endList() : this.#beginMember(at, code)
      case 'member':
        return this.#beginMember(at, code)
      case 'after member':
        if (code === CLOSE_BRACKET) return this.#endList()
        return code === COMMA ? 'member' : this.#expected(at, "',' or ']'")
      default:
        return this.#state
    }
  }

  #beginTop(at: number, code: number): State {
    if (code === OPEN_BRACE) {
      this.#object.begin(at)
      this.#top = new TopObject()
      return 'first key'
    }
    if (code === OPEN_BRACKET) return this.#beginList('array')
    if (isByteOrderMark(code, this.#chunkOffset + at)) return 'top'
    return this.#expected(at, "'{' or '['")
  }

  #beginKey(at: number, code: number): State {
    if (code !== QUOTE) return this.#expected(at, 'a property name')
    this.#token.begin(at)
    return this.#beginValue(at, code, 'key')
  }

  #beginProperty(at: number, code: number): State {
    if (this.#top.isAtObjects) {
      if (this.#top.hasObjects) return this.#refuse(at, 'shape', 'a second `objects`')
      this.#top.readObjects(code === OPEN_BRACKET)
      if (this.#top.hasList) {
        this.#object.drop()
        return this.#beginList('objects')
      }
    }
    if (!this.#top.isAtType) return this.#beginValue(at, code, 'property')
    this.#token.begin(at)
    return this.#beginValue(at, code, 'type')
  }

  #beginList(mode: 'objects' | 'array'): State {
    this.#listMode = mode
    return 'first member'
  }

  #beginMember(at: number, code: number): State {
    this.#object.begin(at)
    return this.#beginValue(at, code, 'member')
  }

  #beginValue(at: number, code: number, role: Role): State {
    this.#role = role
    return this.#scanner.begin(code) ? 'value' : this.#expected(at, 'a value')
  }

  #endValue(chunk: string, end: number): State {
    switch (this.#role) {
      case 'key':
        this.#top.readKey(this.#token.take(chunk, end))
        return 'colon'
      case 'type':
        return this.#endType(chunk, end)
      case 'property':
        return 'after property'
      case 'member':
        this.#yield(chunk, end, this.#listMode)
        return 'after member'
      case 'whole':
        return this.#endTop(chunk, end)
    }
  }

  #endType(chunk: string, end: number): State {
    this.#top.readType(this.#token.take(chunk, end))
    if (this.#top.kind !== 'object') return 'after property'
    if (this.#top.hasList) {
      return this.#refuse(end, 'shape', 'has `objects` but is neither a bundle nor an envelope')
    }
    // No longer a possible envelope: the rest is passed over as one value.
    this.#scanner.begin(OPEN_BRACE)
    this.#role = 'whole'
    return 'value'
  }

  #endList(): State {
    return this.#listMode === 'objects' ? 'after property' : this.#countTop('array')
  }

  #endTop(chunk: string, end: number): State {
    const kind = this.#top.kind
    if (kind === 'unknown') return this.#refuse(end - 1, 'shape', '`objects` is not a list')
    if (kind === 'object') this.#yield(chunk, end, 'top')
    else this.#object.drop()
    return this.#countTop(kind)
  }

  #countTop(kind: InputKind): State {
    this.#kind = this.#kind === 'empty' ? kind : 'sequence'
    return 'top'
  }

  #yield(chunk: string, end: number, mode: ResumeMode): void {
    const captured = this.#object.take(chunk, end)
    this.#objectsLeft -= 1
    if (this.#objectsLeft < 0) this.#refuse(end, 'shape', 'too many objects')
    else this.#slices.push({ ...captured, mode, offset: this.#chunkOffset + end })
  }

  #expected(at: number, what: string): State {
    return this.#refuse(at, 'syntax', `expected ${what}`)
  }

  /** Nothing is taken after a problem, so the state that this gives is never looked at. */
  #refuse(at: number, kind: SliceProblem['kind'], message: string): State {
    this.#problem = { kind, message, offset: this.#chunkOffset + at }
    return 'top'
  }
}
