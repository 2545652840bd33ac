// What the Worker and its runtime log. Until the server is ready the lines are held back, so that
// a start that fails can say why in one line of its own.

/** The cause in a line of log, or undefined; the first that knows the line is taken. */
const CAUSES: ((line: string) => string | undefined)[] = [
  (line) => {
    const text = /"error":("Configuration refused\.(?:[^"\\]|\\.)*")/.exec(line)?.[1]
    return text && String(JSON.parse(text))
  },
  (line) => {
    const problem = /SQLite failed; dbErrorMessage\(.*?\) = (.+?)(?:: SQLITE_\w+)?$/m.exec(
      line,
    )?.[1]
    return problem && `A database of the state cannot be used: ${problem}. ${REMEDY}`
  },
]

const REMEDY = 'Restore the data folder, or delete it to begin anew.'

export class WorkerLog {
  readonly #report: (text: string) => void
  readonly #held: string[] = []
  #isHeld = true

  constructor(report: (text: string) => void) {
    this.#report = report
  }

  readonly write = (line: string): void => {
    if (this.#isHeld) this.#held.push(line)
    else this.#report(`${line}\n`)
  }

  /** Why the start failed, as far as a line held back tells it. */
  get cause(): string | undefined {
    for (const line of this.#held) {
      for (const causeIn of CAUSES) {
        const cause = causeIn(line)
        if (cause !== undefined) return cause
      }
    }
    return undefined
  }

  /** Reports what was held back, and from now on every line as it comes. */
  release(): void {
    this.#isHeld = false
    for (const line of this.#held.splice(0)) this.#report(`${line}\n`)
  }
}
