// The end of a server: what was begun is undone in reverse, once, by a signal or a failure. A
// second signal does not wait for it.
import { EXIT_FAILED } from './failure.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const PARENT_CHECK_MS = 250

export class Shutdown {
  readonly #report: (text: string) => void
  readonly #steps: (() => Promise<void> | void)[] = []
  #hasBegun = false

  constructor(report: (text: string) => void) {
    this.#report = report
    for (const signal of SIGNALS) process.on(signal, () => this.#onSignal())
    if (process.env.npm_lifecycle_event === 'start') this.#followParent()
  }

  get hasBegun(): boolean {
    return this.#hasBegun
  }

  /** Steps run in reverse order. */
  add(step: () => Promise<void> | void): void {
    this.#steps.push(step)
  }

  /** Ends the process. */
  async run(exitCode: number): Promise<never> {
    this.#hasBegun = true
    for (const step of this.#steps.reverse()) await this.#attempt(step)
    process.exit(exitCode)
  }

  #onSignal(): void {
    // The runtime is ended on exit too, only less gently.
    if (this.#hasBegun) process.exit(EXIT_FAILED)
    void this.run(0)
  }

  /** A signal to npm ends npm and its shell, but is not passed on to what the shell runs. */
  #followParent(): void {
    const parent = process.ppid
    const check = () => {
      if (process.ppid !== parent && !this.#hasBegun) void this.run(0)
    }
    setInterval(check, PARENT_CHECK_MS).unref()
  }

  async #attempt(step: () => Promise<void> | void): Promise<void> {
    try {
      await step()
    } catch (error) {
      this.#report(`While ending: ${error instanceof Error ? error.message : String(error)}\n`)
    }
  }
}
