// What a pattern is about: the types of the observables it looks at, its *indicator subtypes*, and
// its comparisons laid flat.
import { isObservableType, isStixType } from '../vocabulary.ts'
import { addressTypeOf } from './address.ts'
import { parsePattern } from './parse.ts'
import type { Comparison, ComparisonExpression, ObservationExpression, PathStep } from './syntax.ts'

export type Subjects =
  | { ok: true; types: string[]; comparisons: Comparison[] }
  | { ok: false; problem: string }

/** A pattern about more types than this is refused: each type is a list that has to be kept. */
export const SUBJECT_TYPES_MAX = 64

/**
 * References whose target has one type, whatever the object (STIX 2.1 §6). They are written as
 * `type:property`; properties inside extensions stand under the type that has the extension.
 */
const TARGETS: ReadonlyMap<string, string> = new Map([
  ['email-addr:belongs_to_ref', 'user-account'],
  ['email-message:from_ref', 'email-addr'],
  ['email-message:sender_ref', 'email-addr'],
  ['email-message:to_refs', 'email-addr'],
  ['email-message:cc_refs', 'email-addr'],
  ['email-message:bcc_refs', 'email-addr'],
  ['email-message:raw_email_ref', 'artifact'],
  ['file:content_ref', 'artifact'],
  ['file:parent_directory_ref', 'directory'],
  ['ipv4-addr:belongs_to_refs', 'autonomous-system'],
  ['ipv4-addr:resolves_to_refs', 'mac-addr'],
  ['ipv6-addr:belongs_to_refs', 'autonomous-system'],
  ['ipv6-addr:resolves_to_refs', 'mac-addr'],
  ['network-traffic:dst_payload_ref', 'artifact'],
  ['network-traffic:encapsulated_by_ref', 'network-traffic'],
  ['network-traffic:encapsulates_refs', 'network-traffic'],
  ['network-traffic:message_body_data_ref', 'artifact'],
  ['network-traffic:src_payload_ref', 'artifact'],
  ['process:child_refs', 'process'],
  ['process:creator_user_ref', 'user-account'],
  ['process:image_ref', 'file'],
  ['process:opened_connection_refs', 'network-traffic'],
  ['process:parent_ref', 'process'],
  ['process:service_dll_refs', 'file'],
  ['windows-registry-key:creator_user_ref', 'user-account'],
])

/** References that may lead to an address of any kind, or to a domain name. */
const OPEN_REFERENCES: ReadonlySet<string> = new Set([
  'domain-name:resolves_to_refs',
  'network-traffic:dst_ref',
  'network-traffic:src_ref',
])
const OPEN_TARGETS: ReadonlySet<string> = new Set([
  'domain-name',
  'ipv4-addr',
  'ipv6-addr',
  'mac-addr',
])
/** Operators that say what a value is, not what it is unlike or how it is spelt. */
const POSITIVE_OPERATORS: ReadonlySet<string> = new Set(['=', 'IN', 'ISSUBSET', 'ISSUPERSET'])

/**
 * `types` is sorted and without repetition, over all observations of the pattern: the type each path
 * starts from, and the types that its references lead to. Where STIX leaves the target of a
 * reference open, it is taken from what the pattern demands of it: `dst_ref.type = 'domain-name'`,
 * or an address as `dst_ref.value`. Types of STIX that are no observables are left out.
 */
export function subjectsOfPattern(pattern: string): Subjects {
  const parsed = parsePattern(pattern)
  if (!parsed.ok) {
    return { ok: false, problem: `${parsed.problem.message} at ${parsed.problem.offset}` }
  }
  const comparisons: Comparison[] = []
  collectFromObservations(parsed.expression, comparisons)
  const types = [...new Set(comparisons.flatMap(typesOf))].filter(canBeSubject).sort()
  if (types.length <= SUBJECT_TYPES_MAX) return { ok: true, types, comparisons }
  return { ok: false, problem: `about more than ${SUBJECT_TYPES_MAX} types of object` }
}

function collectFromObservations(node: ObservationExpression, found: Comparison[]): void {
  if (node.kind === 'observation') collectFromComparisons(node.comparison, found)
  else if (node.kind === 'qualified') collectFromObservations(node.expression, found)
  else for (const operand of node.operands) collectFromObservations(operand, found)
}

function collectFromComparisons(node: ComparisonExpression, found: Comparison[]): void {
  if (node.kind === 'comparison') found.push(node)
  else for (const operand of node.operands) collectFromComparisons(operand, found)
}

function canBeSubject(type: string): boolean {
  return isObservableType(type) || !isStixType(type)
}

/** The types met along a path. A reference at its very end is compared, not followed. */
function typesOf(comparison: Comparison): string[] {
  const keys = comparison.path.filter((step) => typeof step === 'string' && step !== '*')
  const property = keys.pop()
  let type = comparison.type
  const types = [type]
  for (const key of keys) {
    type = TARGETS.get(`${type}:${key}`) ?? type
    types.push(type)
  }
  const isOpen = OPEN_REFERENCES.has(`${type}:${keys.at(-1)}`)
  return isOpen ? [...types, ...demandedTypes(comparison, property)] : types
}

function demandedTypes(comparison: Comparison, property: PathStep | undefined): string[] {
  if (comparison.negated || !POSITIVE_OPERATORS.has(comparison.operator)) return []
  return comparison.values.flatMap(({ kind, value }) => {
    if (kind !== 'string') return []
    if (property === 'type') return OPEN_TARGETS.has(value) ? [value] : []
    return property === 'value' ? (addressTypeOf(value) ?? []) : []
  })
}
