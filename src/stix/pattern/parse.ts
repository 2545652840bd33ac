// Recursive descent over the STIX 2.1 pattern grammar (§9). Syntax alone is judged: whether a type
// has such a property, or a regular expression compiles, is left to whoever matches the pattern.
//
//   observations = either { FOLLOWEDBY either }        either = both { OR both }
//   both         = qualified { AND qualified }
//   qualified    = ( "[" comparisons "]" | "(" observations ")" ) { qualifier }
//   qualifier    = WITHIN number SECONDS | REPEATS integer TIMES | START time STOP time
//   comparisons  = all { OR all }                      all = test { AND test }
//   test         = "(" comparisons ")" | [ NOT ] EXISTS path | path [ NOT ] operator operand
//   path         = type ":" key { "." key | "[" ( integer | "*" ) "]" }
import { instantOf } from '../timestamp.ts'
import type {
  BinaryOperator,
  Comparison,
  ComparisonExpression,
  Literal,
  ObservationExpression,
  PathStep,
  PatternProblem,
  Qualifier,
} from './syntax.ts'
import { TokenCursor } from './token-cursor.ts'
import { tokenize } from './tokenize.ts'

export type ParsedPattern =
  | { ok: true; expression: ObservationExpression }
  | { ok: false; problem: PatternProblem }

/** A part of the grammar: takes its tokens and gives its node, or undefined after a failure. */
type Rule<Node> = (cursor: TokenCursor) => Node | undefined

type Kinds = readonly Literal['kind'][]

export const PATTERN_CHARS_MAX = 100_000

/** How deep parentheses may be nested, those of observations and comparisons taken together. */
export const PARENTHESES_MAX = 64

const QUALIFIER_WORDS = { within: 'WITHIN', repeats: 'REPEATS', 'start-stop': 'START' } as const
const TYPE_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,249}$/
const ANY: Kinds = ['string', 'integer', 'float', 'boolean', 'hex', 'binary', 'timestamp']
const ORDERED: Kinds = ANY.filter((kind) => kind !== 'boolean')
const TEXT: Kinds = ['string']
const OPERAND_KINDS: Readonly<Record<BinaryOperator, Kinds>> = {
  '=': ANY,
  '!=': ANY,
  '<': ORDERED,
  '>': ORDERED,
  '<=': ORDERED,
  '>=': ORDERED,
  IN: ANY,
  LIKE: TEXT,
  MATCHES: TEXT,
  ISSUBSET: TEXT,
  ISSUPERSET: TEXT,
}
const OPERATORS = Object.keys(OPERAND_KINDS) as BinaryOperator[]

export function parsePattern(pattern: string): ParsedPattern {
  if (pattern.length > PATTERN_CHARS_MAX) {
    const message = `longer than ${PATTERN_CHARS_MAX} characters`
    return { ok: false, problem: { message, offset: PATTERN_CHARS_MAX } }
  }
  const tokens = tokenize(pattern)
  if (!tokens.ok) return tokens
  const cursor = new TokenCursor(tokens.tokens)
  const expression = observations(cursor)
  if (expression !== undefined && cursor.takeEnd()) return { ok: true, expression }
  return { ok: false, problem: cursor.problem }
}

function observations(cursor: TokenCursor): ObservationExpression | undefined {
  const operands = chain(cursor, 'FOLLOWEDBY', either)
  return operands && (only(operands) ?? { kind: 'followed-by', operands })
}

function either(cursor: TokenCursor): ObservationExpression | undefined {
  const operands = chain(cursor, 'OR', both)
  return operands && (only(operands) ?? { kind: 'or', operands })
}

function both(cursor: TokenCursor): ObservationExpression | undefined {
  const operands = chain(cursor, 'AND', qualified)
  return operands && (only(operands) ?? { kind: 'and', operands })
}

function qualified(cursor: TokenCursor): ObservationExpression | undefined {
  const expression = cursor.take('(') ? parenthesized(cursor, observations) : observation(cursor)
  if (expression === undefined) return undefined
  const qualifiers: Qualifier[] = []
  while (Object.values(QUALIFIER_WORDS).some((word) => cursor.isAt(word))) {
    if (qualifiers.some(({ kind }) => cursor.isAt(QUALIFIER_WORDS[kind]))) {
      return cursor.fail('the same qualifier twice')
    }
    const next = qualifier(cursor)
    if (next === undefined) return undefined
    qualifiers.push(next)
  }
  return qualifiers.length === 0 ? expression : { kind: 'qualified', expression, qualifiers }
}

function observation(cursor: TokenCursor): ObservationExpression | undefined {
  if (!cursor.expect('[')) return undefined
  const comparison = comparisons(cursor)
  if (comparison === undefined || !cursor.expect(']')) return undefined
  return { kind: 'observation', comparison }
}

function qualifier(cursor: TokenCursor): Qualifier | undefined {
  if (cursor.take('WITHIN')) {
    const seconds = positive(cursor, ['integer', 'float'])
    return seconds && cursor.expect('SECONDS') ? { kind: 'within', seconds } : undefined
  }
  if (cursor.take('REPEATS')) {
    const times = positive(cursor, ['integer'])
    return times && cursor.expect('TIMES') ? { kind: 'repeats', times } : undefined
  }
  const start = cursor.expect('START') ? time(cursor) : undefined
  const stop = start !== undefined && cursor.expect('STOP') ? time(cursor) : undefined
  return start && stop ? { kind: 'start-stop', start, stop } : undefined
}

function positive(cursor: TokenCursor, kinds: Kinds): number | undefined {
  const literal = cursor.takeLiteral(kinds, ({ value }) => Number(value) > 0)
  return literal ? Number(literal.value) : cursor.fail('expected a number above zero')
}

/** STIX 2.0 wrote these as strings. */
function time(cursor: TokenCursor): string | undefined {
  const literal = cursor.takeLiteral(
    ['timestamp', 'string'],
    ({ value }) => instantOf(String(value)) !== undefined,
  )
  return literal ? String(literal.value) : cursor.fail('expected a timestamp')
}

function comparisons(cursor: TokenCursor): ComparisonExpression | undefined {
  const operands = chain(cursor, 'OR', all)
  return operands && (only(operands) ?? { kind: 'or', operands })
}

function all(cursor: TokenCursor): ComparisonExpression | undefined {
  const operands = chain(cursor, 'AND', test)
  return operands && (only(operands) ?? { kind: 'and', operands })
}

function test(cursor: TokenCursor): ComparisonExpression | undefined {
  if (cursor.take('(')) return parenthesized(cursor, comparisons)
  const isExists = cursor.isAt('EXISTS') || cursor.isAt('NOT')
  return isExists ? exists(cursor) : comparison(cursor)
}

/** The grammar has no NOT here, but what it says is plain. */
function exists(cursor: TokenCursor): Comparison | undefined {
  const negated = cursor.take('NOT')
  const subject = cursor.expect('EXISTS') ? path(cursor) : undefined
  return subject && { kind: 'comparison', ...subject, operator: 'EXISTS', negated, values: [] }
}

function comparison(cursor: TokenCursor): Comparison | undefined {
  const subject = path(cursor)
  if (subject === undefined) return undefined
  const negated = cursor.take('NOT')
  const operator = cursor.takeAny(OPERATORS)
  if (operator === undefined) return cursor.fail('expected a comparison operator')
  const kinds = OPERAND_KINDS[operator]
  const values = operator === 'IN' ? set(cursor, kinds) : one(literal(cursor, kinds))
  return values && { kind: 'comparison', ...subject, operator, negated, values }
}

function set(cursor: TokenCursor, kinds: Kinds): Literal[] | undefined {
  if (!cursor.expect('(')) return undefined
  if (cursor.take(')')) return []
  const members = chain(cursor, ',', (next) => literal(next, kinds))
  return members && cursor.expect(')') ? members : undefined
}

function literal(cursor: TokenCursor, kinds: Kinds): Literal | undefined {
  return cursor.takeLiteral(kinds) ?? cursor.fail(`expected a literal (${kinds.join(', ')})`)
}

function path(cursor: TokenCursor): Pick<Comparison, 'type' | 'path'> | undefined {
  const type = cursor.takeName((name) => TYPE_NAME.test(name))
  if (type === undefined) return cursor.fail('expected an object type')
  const first = cursor.expect(':') ? key(cursor) : undefined
  if (first === undefined) return undefined
  const steps: PathStep[] = [first]
  while (cursor.isAt('.') || cursor.isAt('[')) {
    const next = step(cursor)
    if (next === undefined) return undefined
    steps.push(next)
  }
  return { type, path: steps }
}

function step(cursor: TokenCursor): PathStep | undefined {
  if (cursor.take('.')) return key(cursor)
  cursor.expect('[')
  const index = cursor.takeAny(['*']) ?? cursor.takeLiteral(['integer'])?.value
  if (typeof index === 'string' || typeof index === 'number') {
    return cursor.expect(']') ? index : undefined
  }
  return cursor.fail('expected an index or *')
}

function key(cursor: TokenCursor): string | undefined {
  return cursor.takeName() ?? cursor.fail('expected a property name')
}

function parenthesized<Node>(cursor: TokenCursor, inner: Rule<Node>): Node | undefined {
  if (!cursor.enter(PARENTHESES_MAX)) return undefined
  const node = inner(cursor)
  cursor.leave()
  return node !== undefined && cursor.expect(')') ? node : undefined
}

function chain<Node>(cursor: TokenCursor, link: string, rule: Rule<Node>): Node[] | undefined {
  const nodes: Node[] = []
  do {
    const node = rule(cursor)
    if (node === undefined) return undefined
    nodes.push(node)
  } while (cursor.take(link))
  return nodes
}

function only<Node>(nodes: Node[]): Node | undefined {
  return nodes.length === 1 ? nodes[0] : undefined
}

function one<Node>(node: Node | undefined): Node[] | undefined {
  return node === undefined ? undefined : [node]
}
