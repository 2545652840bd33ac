// Reads the YAML that OpenAPI documents are published in: block maps and lists, plain and quoted
// scalars, block scalars. Anchors, tags and flow collections other than [] and {} are refused.

type Line = { indent: number; text: string }

const BLOCK_SCALAR = /^[|>][+-]?$/
const MEMBER = /^(?:'((?:[^']|'')*)'|"([^"]*)"|([^'"\s].*?)):(?:\s+(.*))?$/

/** The value of a whole document. Throws on what it does not know, with the number of the line. */
export function readYaml(text: string): unknown {
  return new Reader(text.split('\n')).readDocument()
}

class Reader {
  readonly #lines: Line[]
  #at = 0

  constructor(lines: string[]) {
    this.#lines = lines.map((line) => {
      const text = line.trimEnd()
      return { indent: text.length - text.trimStart().length, text: text.trimStart() }
    })
  }

  readDocument(): unknown {
    const value = this.#readNode(this.#peek()?.indent ?? 0)
    if (this.#peek() !== undefined) throw this.#unknown('a line outside the document')
    return value
  }

  /** The next line that is not empty; undefined at the end. */
  #peek(): Line | undefined {
    while (this.#lines[this.#at]?.text === '') this.#at += 1
    return this.#lines[this.#at]
  }

  #readNode(indent: number): unknown {
    const line = this.#peek()
    if (line === undefined || line.indent < indent) return null
    return isItem(line) ? this.#readList(line.indent) : this.#readMap(line.indent)
  }

  #readList(indent: number): unknown[] {
    const items: unknown[] = []
    for (let line = this.#peek(); line?.indent === indent && isItem(line); line = this.#peek()) {
      const rest = line.text.slice(1).trimStart()
      const inner = indent + line.text.length - rest.length
      if (rest === '') {
        this.#at += 1
        items.push(this.#readNode(indent + 1))
      } else if (MEMBER.test(rest)) {
        this.#lines[this.#at] = { indent: inner, text: rest }
        items.push(this.#readMap(inner))
      } else {
        this.#at += 1
        items.push(this.#readScalar(rest, indent))
      }
    }
    return items
  }

  #readMap(indent: number): Record<string, unknown> {
    const members: [string, unknown][] = []
    for (let line = this.#peek(); line?.indent === indent; line = this.#peek()) {
      if (isItem(line)) break
      const match = MEMBER.exec(line.text)
      if (match === null) throw this.#unknown(line.text)
      const [, single, double, plain, rest = ''] = match
      this.#at += 1
      const name = single?.replaceAll("''", "'") ?? double ?? plain ?? ''
      members.push([name, rest === '' ? this.#readInner(indent) : this.#readScalar(rest, indent)])
    }
    return Object.fromEntries(members)
  }

  /** What stands below a name: a list may stand as far left as the name itself. */
  #readInner(indent: number): unknown {
    const line = this.#peek()
    const isListBelow = line?.indent === indent && isItem(line)
    return this.#readNode(isListBelow ? indent : indent + 1)
  }

  #readScalar(text: string, indent: number): unknown {
    if (BLOCK_SCALAR.test(text)) return this.#readDeeper(indent).join('\n')
    if (/^[&*!{[]/.test(text) && text !== '[]' && text !== '{}') throw this.#unknown(text)
    const isQuoted = /^['"]/.test(text)
    const whole = [text, ...this.#readDeeper(indent).filter((line) => line !== '')].join(' ')
    return isQuoted ? unquoted(whole) : plainValue(whole)
  }

  /** The lines that stand further right than the name they belong to. */
  #readDeeper(indent: number): string[] {
    const taken: string[] = []
    for (let line = this.#lines[this.#at]; line !== undefined; line = this.#lines[this.#at]) {
      if (line.text !== '' && line.indent <= indent) break
      taken.push(line.text)
      this.#at += 1
    }
    return taken
  }

  #unknown(what: string): Error {
    return new Error(`line ${this.#at + 1} is YAML that this reader does not know: ${what}`)
  }
}

function isItem({ text }: Line): boolean {
  return text === '-' || text.startsWith('- ')
}

function unquoted(text: string): string {
  const inner = text.slice(1, -1)
  return text.startsWith("'") ? inner.replaceAll("''", "'") : (JSON.parse(text) as string)
}

function plainValue(text: string): unknown {
  if (text === '[]') return []
  if (text === '{}') return {}
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'null' || text === '~') return null
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}
