// The values of one statement. D1 takes a hundred of them, and a filter may have more: what comes
// after the first ninety travels together, as one JSON list.

const DIRECT_MAX = 90

export class BoundValues {
  readonly #direct: unknown[]
  readonly #listed: unknown[] = []

  /** `first` are `?1` and on. */
  constructor(first: unknown[] = []) {
    this.#direct = [...first]
  }

  /** Adds a value and gives its place, as SQL. */
  readonly bind = (value: unknown): string => {
    if (this.#direct.length < DIRECT_MAX) return `?${this.#direct.push(value)}`
    return `(?${DIRECT_MAX + 1} ->> ${this.#listed.push(value) - 1})`
  }

  /** For `bind` of the statement. */
  get all(): unknown[] {
    return this.#listed.length === 0
      ? this.#direct
      : [...this.#direct, JSON.stringify(this.#listed)]
  }
}

/** All of the conditions, nested evenly: SQLite bounds how deep an expression may be. */
export function allOf(conditions: string[]): string {
  if (conditions.length <= 2) return conditions.join(' AND ')
  const half = Math.ceil(conditions.length / 2)
  return `(${allOf(conditions.slice(0, half))}) AND (${allOf(conditions.slice(half))})`
}
