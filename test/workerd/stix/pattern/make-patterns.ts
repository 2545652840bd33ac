// Syntax trees made at random, and the pattern text that spells one: the parser backwards.
import fc from 'fast-check'
import type {
  Comparison,
  ComparisonExpression,
  Literal,
  ObservationExpression,
  PathStep,
  Qualifier,
} from '../../../../src/stix/pattern/syntax.ts'

const timestamp = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z') })
  .filter((date) => !Number.isNaN(date.getTime()))
  .map((date) => date.toISOString())

const stringLiteral: fc.Arbitrary<Literal> = fc.record({
  kind: fc.constant('string' as const),
  value: fc.string({ unit: 'grapheme', maxLength: 12 }),
})

const orderedLiteral: fc.Arbitrary<Literal> = fc.oneof(
  stringLiteral,
  fc.record({ kind: fc.constant('integer' as const), value: fc.maxSafeInteger() }),
  fc.record({
    kind: fc.constant('float' as const),
    value: fc.integer({ min: -9999, max: 9999 }).map((n) => n / 8 + 0.0625),
  }),
  fc.record({
    kind: fc.constant('hex' as const),
    value: fc.stringMatching(/^([0-9a-f]{2}){0,6}$/),
  }),
  fc.record({
    kind: fc.constant('binary' as const),
    value: fc.uint8Array({ minLength: 1, maxLength: 9 }).map((bytes) => btoa(`${bytes}`)),
  }),
  fc.record({ kind: fc.constant('timestamp' as const), value: timestamp }),
)

const anyLiteral: fc.Arbitrary<Literal> = fc.oneof(
  orderedLiteral,
  fc.record({ kind: fc.constant('boolean' as const), value: fc.boolean() }),
)

const key = fc.oneof(fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/), fc.string({ maxLength: 6 }))

const step: fc.Arbitrary<PathStep> = fc.oneof(key, fc.nat(99), fc.constant('*'))

const subject = fc.record({
  kind: fc.constant('comparison' as const),
  type: fc.constantFrom('file', 'ipv4-addr', 'x-acme-sensor', 'windows-registry-key', 'true'),
  path: fc.tuple(key, fc.array(step, { maxLength: 4 })).map(([first, rest]) => [first, ...rest]),
  negated: fc.boolean(),
})

const operation = fc.oneof(
  fc.tuple(fc.constantFrom('=' as const, '!=' as const), anyLiteral.map(listed)),
  fc.tuple(fc.constantFrom('<' as const, '>=' as const), orderedLiteral.map(listed)),
  fc.tuple(fc.constantFrom('LIKE' as const, 'ISSUBSET' as const), stringLiteral.map(listed)),
  fc.tuple(fc.constant('IN' as const), fc.array(anyLiteral, { maxLength: 3 })),
  fc.tuple(fc.constant('EXISTS' as const), fc.constant<Literal[]>([])),
)

export const comparison: fc.Arbitrary<Comparison> = fc
  .tuple(subject, operation)
  .map(([path, [operator, values]]) => ({ ...path, operator, values }))

const comparisons: fc.Arbitrary<ComparisonExpression> = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    comparison,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      operands: fc.array(tie('tree') as fc.Arbitrary<ComparisonExpression>, {
        minLength: 2,
        maxLength: 3,
      }),
    }),
  ),
})).tree

const qualifiers: fc.Arbitrary<Qualifier[]> = fc.uniqueArray(
  fc.oneof(
    fc.record({ kind: fc.constant('within' as const), seconds: fc.integer({ min: 1, max: 999 }) }),
    fc.record({ kind: fc.constant('repeats' as const), times: fc.integer({ min: 1, max: 99 }) }),
    fc.record({ kind: fc.constant('start-stop' as const), start: timestamp, stop: timestamp }),
  ),
  { selector: ({ kind }) => kind, minLength: 1, maxLength: 3 },
)

export const observations: fc.Arbitrary<ObservationExpression> = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('observation' as const), comparison: comparisons }),
    fc.record({
      kind: fc.constant('qualified' as const),
      expression: tie('tree') as fc.Arbitrary<ObservationExpression>,
      qualifiers,
    }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const, 'followed-by' as const),
      operands: fc.array(tie('tree') as fc.Arbitrary<ObservationExpression>, {
        minLength: 2,
        maxLength: 3,
      }),
    }),
  ),
})).tree

function listed(literal: Literal): Literal[] {
  return [literal]
}

/** The tokens of a pattern; any gap may stand between two of them. */
export function spell(node: ObservationExpression): string[] {
  switch (node.kind) {
    case 'observation':
      return ['[', ...spellComparisons(node.comparison), ']']
    case 'qualified':
      return [...enclosed(node.expression, spell), ...node.qualifiers.flatMap(spellQualifier)]
    default: {
      const link = { and: 'AND', or: 'OR', 'followed-by': 'FOLLOWEDBY' }[node.kind]
      return joined(link, node.operands.map(spellOperand))
    }
  }
}

function spellOperand(node: ObservationExpression): string[] {
  return node.kind === 'qualified' ? spell(node) : enclosed(node, spell)
}

function spellQualifier(qualifier: Qualifier): string[] {
  switch (qualifier.kind) {
    case 'within':
      return ['WITHIN', String(qualifier.seconds), 'SECONDS']
    case 'repeats':
      return ['REPEATS', String(qualifier.times), 'TIMES']
    case 'start-stop':
      return ['START', `t'${qualifier.start}'`, 'STOP', `t'${qualifier.stop}'`]
  }
}

function spellComparisons(node: ComparisonExpression): string[] {
  if (node.kind === 'comparison') return spellComparison(node)
  const link = node.kind === 'and' ? 'AND' : 'OR'
  return joined(
    link,
    node.operands.map((operand) => enclosed(operand, spellComparisons)),
  )
}

function spellComparison({ type, path, operator, negated, values }: Comparison): string[] {
  const [first, ...rest] = path
  const subject = [spellName(type), ':', spellName(String(first)), ...rest.flatMap(spellStep)]
  const not = negated ? ['NOT'] : []
  if (operator === 'EXISTS') return [...not, 'EXISTS', ...subject]
  const operands = values.map((value) => [spellLiteral(value)])
  const right = operator === 'IN' ? ['(', ...joined(',', operands), ')'] : operands.flat()
  return [...subject, ...not, operator, ...right]
}

function spellStep(step: PathStep): string[] {
  if (typeof step === 'number' || step === '*') return ['[', String(step), ']']
  return ['.', spellName(step)]
}

function spellName(name: string): string {
  const isBare = /^[a-z_][a-z0-9_-]*$/.test(name) && name !== 'true' && name !== 'false'
  return isBare ? name : quoted(name)
}

function spellLiteral({ kind, value }: Literal): string {
  const prefix = { string: '', hex: 'h', binary: 'b', timestamp: 't' }
  return kind === 'integer' || kind === 'float' || kind === 'boolean'
    ? String(value)
    : `${prefix[kind]}${quoted(value)}`
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`
}

function enclosed<Node extends { kind: string }>(node: Node, spelled: (node: Node) => string[]) {
  const isAtom = node.kind === 'observation' || node.kind === 'comparison'
  return isAtom ? spelled(node) : ['(', ...spelled(node), ')']
}

function joined(link: string, parts: string[][]): string[] {
  return parts.flatMap((part, index) => (index === 0 ? part : [link, ...part]))
}
