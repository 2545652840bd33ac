// The body of a write: objects in an envelope or a bundle, judged one by one. What is not JSON is
// refused whole, wherever in it the fault is, and before anything of it is stored: who sends half a
// text did not mean the other half to count.
import { refuse } from '../failure.ts'
import { REQUEST_SLICING } from '../ingest/limits.ts'
import { type Judged, judge, type Target } from '../ingest/load-objects.ts'
import { isJson } from '../stix/json-object.ts'
import { measureJson } from '../stix/json-text.ts'
import { type Slice, type SliceProblem, sliceObjects } from '../stix/slice.ts'
import { NESTING_MAX } from '../stix/value-scanner.ts'

export type Envelope = { received: number; judged: Judged }

/** Refuses with 400 what is not JSON, and with 422 JSON that is no envelope with objects. */
export function judgeEnvelope(body: string, target: Target): Envelope {
  const sliced = sliceObjects(body, REQUEST_SLICING)
  if (!sliced.ok) return refuseProblem(body, sliced.problem)
  const { kind, slices } = sliced
  if (kind === 'empty' || kind === 'sequence') return refuseText(NOT_AN_ENVELOPE)
  if (kind !== 'envelope' && kind !== 'bundle') return refuseShape(body, NOT_AN_ENVELOPE)
  if (slices.length === 0) return refuseShape(body, 'The envelope holds no objects')
  const judged = judge(target, slices)
  const broken = firstBroken(body, slices, judged)
  if (broken !== undefined) return refuseText(brokenObject(slices, broken))
  return { received: slices.length, judged }
}

const NOT_AN_ENVELOPE = 'The body must be one JSON object with a list of STIX objects in "objects"'

const FRAMED = /^[ \t\r\n]*[{[]/

function refuseProblem(body: string, { kind, message, offset }: SliceProblem): never {
  if (!FRAMED.test(body)) return refuseShape(body, NOT_AN_ENVELOPE)
  // A fault that shows at the end of the text has no place in it.
  const problem = offset < body.length ? `${message}, at character ${offset + 1}` : message
  return kind === 'syntax' ? refuseText(problem) : refuseShape(body, problem)
}

/** The shape was found wanting without a look at everything in it; parsing takes memory by depth. */
function refuseShape(body: string, problem: string): never {
  const isReadable = measureJson(body).depth <= NESTING_MAX && isJson(body)
  if (!isReadable) return refuseText(`The body is not JSON, nor of the right shape: ${problem}`)
  return refuse({ kind: 'bad-envelope', problem, isJson: true })
}

function refuseText(problem: string): never {
  return refuse({ kind: 'bad-envelope', problem, isJson: false })
}

/** The place of the first object that is not JSON; those too long to be read count too. */
function firstBroken(
  body: string,
  slices: readonly Slice[],
  { notJson }: Judged,
): number | undefined {
  const oversized = slices.findIndex(
    (slice) => slice.kind === 'oversized' && !isJson(body.slice(startOf(slice), slice.offset)),
  )
  if (oversized === -1) return notJson
  return Math.min(oversized, notJson ?? oversized)
}

/** Objects and characters are counted from 1. */
function brokenObject(slices: readonly Slice[], index: number): string {
  const slice = slices[index]
  const place = slice === undefined ? '' : `, which begins at character ${startOf(slice) + 1},`
  return `Object ${index + 1} of ${slices.length}${place} is not JSON. Nothing of the body was stored.`
}

function startOf(slice: Slice): number {
  return slice.offset - (slice.kind === 'text' ? slice.text.length : slice.chars)
}
