// The syntax tree of a STIX 2.1 pattern (§9). Chains of one operator are one node with many
// operands, so a tree is only as deep as the pattern's parentheses.

/** What is to be seen: one observation, several, or either with limits on time and number. */
export type ObservationExpression =
  | { kind: 'observation'; comparison: ComparisonExpression }
  | { kind: 'and' | 'or' | 'followed-by'; operands: ObservationExpression[] }
  | { kind: 'qualified'; expression: ObservationExpression; qualifiers: Qualifier[] }

/** At most one of each kind stands behind one expression. */
export type Qualifier =
  | { kind: 'within'; seconds: number }
  | { kind: 'repeats'; times: number }
  | { kind: 'start-stop'; start: string; stop: string }

/** What one observed object must be like. */
export type ComparisonExpression = Comparison | { kind: 'and' | 'or'; operands: Comparisons }

type Comparisons = ComparisonExpression[]

/** `values` is empty for EXISTS, may have any length for IN, and has one member otherwise. */
export type Comparison = {
  kind: 'comparison'
  /** The object type that the path starts from, e.g. `file`. */
  type: string
  /** From there on: property names and dictionary keys, list indexes, `*` for any member. */
  path: PathStep[]
  operator: ComparisonOperator
  /** Whether NOT stands before the operator. */
  negated: boolean
  values: Literal[]
}

/** A key that is itself `*` cannot be told from any member of a list; STIX has no such key. */
export type PathStep = string | number | '*'

export type ComparisonOperator = BinaryOperator | 'EXISTS'

export type BinaryOperator =
  | '='
  | '!='
  | '<'
  | '>'
  | '<='
  | '>='
  | 'IN'
  | 'LIKE'
  | 'MATCHES'
  | 'ISSUBSET'
  | 'ISSUPERSET'

/** An integer too great for a number is rounded to the nearest that there is. */
export type Literal =
  /** Unescaped. */
  | { kind: 'string'; value: string }
  | { kind: 'integer'; value: number }
  | { kind: 'float'; value: number }
  | { kind: 'boolean'; value: boolean }
  /** Hexadecimal digits, two a byte. */
  | { kind: 'hex'; value: string }
  /** Base64. */
  | { kind: 'binary'; value: string }
  /** A STIX timestamp. */
  | { kind: 'timestamp'; value: string }

/** Why a text is not a pattern, and the index of the character where that shows. */
export type PatternProblem = { message: string; offset: number }
