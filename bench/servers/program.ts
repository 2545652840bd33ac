// A program that the benchmark starts and ends: its words go to a log, its end is waited for.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

export type ProgramOptions = {
  command: string
  args: readonly string[]
  env?: Record<string, string | undefined>
  cwd?: string
  /** File for standard error, and for standard output unless that is read. */
  log: string
}

const ENDING_MS = 10_000
const START_MS = 120_000
const LOG_CHARS_SHOWN = 2_000

export class Program {
  readonly pid: number
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>
  readonly #log: string
  readonly #name: string

  /** Throws when the program cannot be started. */
  static async start(options: ProgramOptions): Promise<Program> {
    mkdirSync(dirname(options.log), { recursive: true })
    const log = openSync(options.log, 'w')
    const child = spawn(options.command, options.args, {
      stdio: ['ignore', 'pipe', log],
      env: { ...process.env, ...options.env },
      ...(options.cwd !== undefined && { cwd: options.cwd }),
    })
    closeSync(log)
    await once(child, 'spawn')
    return new Program(child, options)
  }

  private constructor(child: ChildProcess, { command, args, log }: ProgramOptions) {
    this.pid = child.pid ?? 0
    this.#child = child
    this.#ended = once(child, 'exit')
    this.#log = log
    // Without folders: it is for a reader, also of the report.
    this.#name = [command, ...args.slice(0, 1)].map((word) => basename(word)).join(' ')
    // A pipe that nobody reads would stop the program once it is full.
    child.stdout?.resume()
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** The first line on standard output. Throws with the end of the log when there will be none. */
  async firstLine(): Promise<string> {
    const { stdout } = this.#child
    if (stdout === null) throw new Error('standard output is not read')
    const line = once(createInterface({ input: stdout }), 'line').then(([text]) => String(text))
    const first = await Promise.race([line, this.#ended.then(() => undefined)])
    return first ?? this.fail('ended before it was ready')
  }

  /** Everything on standard output, when the program has ended well. */
  async output(): Promise<string> {
    let text = ''
    this.#child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    await once(this.#child, 'close')
    return this.#child.exitCode === 0 ? text : this.fail(`ended with ${this.#child.exitCode}`)
  }

  /** Returns when the URL answers with any status. */
  async answersAt(url: string): Promise<void> {
    for (const endMs = Date.now() + START_MS; Date.now() < endMs; await sleep(100)) {
      if (this.hasEnded) this.fail('ended before it was ready')
      const answer = await fetch(url).catch(() => undefined)
      await answer?.arrayBuffer()
      if (answer !== undefined) return
    }
    this.fail(`did not answer at ${url}`)
  }

  async stop(): Promise<void> {
    if (this.hasEnded) return
    this.#child.kill('SIGTERM')
    const isLate = await Promise.race([
      this.#ended.then(() => false),
      sleep(ENDING_MS, true, { ref: false }),
    ])
    if (isLate) this.#child.kill('SIGKILL')
    await this.#ended
  }

  fail(problem: string): never {
    const said = readFileSync(this.#log, 'utf8').slice(-LOG_CHARS_SHOWN)
    throw new Error(`${this.#name} ${problem}\n${said}`)
  }
}
