// Object texts into a collection: each is read, checked and stored by itself, so that one bad
// object never sinks the rest. A verdict stands for every object, in the order given.
import {
  type ObjectProblem,
  oversizedProblem,
  type ReadObject,
  readObject,
  type StixObject,
} from '../stix/object.ts'
import type { Slice } from '../stix/slice.ts'
import { type AddOutcome, addObjects } from '../store/add-objects.ts'
import { type Collection, takesSpecVersion } from '../store/collections.ts'
import type { Session } from '../store/database.ts'
import { OBJECT_BYTES_MAX } from '../store/limits.ts'
import { listsOf } from '../store/lists.ts'
import type { NewObject } from '../store/object-chunks.ts'
import { isSameJson } from './same-json.ts'

/** `present`: this very version was stored before, and has not moved. */
export type Verdict =
  | { kind: 'added' | 'present'; id: string; version: string | undefined; dateAddedMs: number }
  | { kind: 'refused'; id: string; version: string | undefined; message: string }

/** Verdicts stand in the order of the objects; for the ids see `Added`. */
export type Loaded = { verdicts: Verdict[]; changedCollectionIds: string[] }

export type Target = Pick<Collection, 'ref' | 'mediaTypes'>

export async function loadObjects(
  session: Session,
  target: Target,
  slices: readonly Slice[],
): Promise<Loaded> {
  return await storeJudged(session, target, judge(target, slices))
}

export async function storeJudged(
  session: Session,
  target: Target,
  { accepted, withOutcomes }: Judged,
): Promise<Loaded> {
  const { outcomes, changedCollectionIds } = await addObjects(
    session,
    target.ref,
    accepted.map(({ object }) => object),
  )
  return { verdicts: withOutcomes(outcomes), changedCollectionIds }
}

/** What may be stored, by its place among the slices; and the way to the verdicts over all. */
export type Judged = {
  accepted: { index: number; object: NewObject }[]
  /** The first, by its place, whose text is at hand and is not JSON. */
  notJson: number | undefined
  /** Given what became of the accepted. */
  withOutcomes: (outcomes: readonly AddOutcome[]) => Verdict[]
}

export function judge(target: Target, slices: readonly Slice[]): Judged {
  const refused = new Map<number, Verdict>()
  const accepted: { index: number; object: StixObject; stored: NewObject }[] = []
  let notJson: number | undefined
  for (const [index, slice] of slices.entries()) {
    const result = slice.kind === 'text' ? readObject(slice.text) : oversized(slice)
    if (!result.ok && !result.isJson) notJson ??= index
    const judged = result.ok ? toStore(result.object, target) : result
    if (judged.ok) accepted.push({ index, ...judged })
    else refused.set(index, { kind: 'refused', ...described(judged.problem) })
  }
  return {
    accepted: accepted.map(({ index, stored }) => ({ index, object: stored })),
    notJson,
    withOutcomes(outcomes) {
      const verdicts = new Map(refused)
      for (const [at, { index, object }] of accepted.entries()) {
        const outcome = outcomes[at]
        if (outcome !== undefined) verdicts.set(index, verdictOf(object, outcome))
      }
      return slices.flatMap((_, index) => verdicts.get(index) ?? [])
    },
  }
}

type Suitability =
  | { ok: true; object: StixObject; stored: NewObject }
  | { ok: false; problem: ObjectProblem }

/** Or why a well-formed object cannot be stored here. */
function toStore(object: StixObject, target: Target): Suitability {
  const { id, version, specVersion } = object
  if (!takesSpecVersion(target, specVersion)) {
    const message = `spec_version: this collection does not take STIX ${specVersion} objects`
    return { ok: false, problem: { id, version, property: 'spec_version', message } }
  }
  const stored = newObjectOf(object)
  if (isStorable(stored)) return { ok: true, object, stored }
  return {
    ok: false,
    problem: { id, version, message: `is larger than ${OBJECT_BYTES_MAX} bytes` },
  }
}

function newObjectOf(object: StixObject): NewObject {
  const { id, type, specVersion, versionKey, version, content } = object
  return { stixId: id, type, specVersion, versionKey, version, ...listsOf(object), content }
}

/**
 * An object too long to be held is known by its beginning only; whether it is JSON is for those to
 * say who have its text.
 */
function oversized({ head, chars }: Extract<Slice, { kind: 'oversized' }>): ReadObject {
  return { ok: false, problem: oversizedProblem(head, chars, OBJECT_BYTES_MAX), isJson: true }
}

function described({ id, version, message }: ObjectProblem) {
  return { id, version, message }
}

/** What an object is found by without an entry lies beside its text. */
function isStorable({ content, furtherLists }: NewObject): boolean {
  const beside = furtherLists.length === 0 ? '' : JSON.stringify(furtherLists)
  // UTF-8 takes at most three bytes for a UTF-16 unit: most objects need no counting.
  if ((content.length + beside.length) * 3 <= OBJECT_BYTES_MAX) return true
  return new TextEncoder().encode(content + beside).byteLength <= OBJECT_BYTES_MAX
}

function verdictOf(object: StixObject, outcome: AddOutcome): Verdict {
  const { id, version } = object
  if (outcome.kind !== 'conflicting') return { ...outcome, id, version }
  // The same object written with other spaces or in another order is still the same.
  if (isSameJson(object.value, JSON.parse(outcome.storedContent))) {
    return { kind: 'present', id, version, dateAddedMs: outcome.dateAddedMs }
  }
  return {
    kind: 'refused',
    id,
    version,
    message: 'this version of the object is already stored with other content',
  }
}
