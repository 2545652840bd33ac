// Runs wrangler as a program. All it says is kept, in a log file and for failures; secrets go in by
// standard input and are struck from what is kept.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type * as z from 'zod'
import { CliFailure } from '../failure.ts'
import { hintFor } from './hints.ts'
import type { RunProgram } from './run-program.ts'

/** A line of wrangler's own record of what it did, such as `deploy` or `command-failed`. */
export type WranglerEvent = { type: string } & Record<string, unknown>

export type Ran = { exitCode: number; stdout: string; said: string; events: WranglerEvent[] }

/** What the command is for, as in "wrangler could not …". */
type Purpose = { purpose: string; consequence?: string; stdin?: string }

export type WranglerOptions = {
  program: RunProgram
  cwd: string
  env: Record<string, string | undefined>
  interruption: AbortSignal
  /** Where all that is said is kept; undefined: nowhere. */
  logFile: string | undefined
}

/** Of the caller's environment these would change what is deployed, or are none of wrangler's business. */
const WITHHELD = ['CLOUDFLARE_ENV', 'KEY_SECRET', 'ADMIN_TOKEN']

const QUIET = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_WRITE_LOGS: 'false',
  NO_COLOR: '1',
  FORCE_COLOR: '0',
}

export class Wrangler {
  readonly #options: WranglerOptions
  readonly #secrets: string[] = []

  constructor(options: WranglerOptions) {
    this.#options = options
    if (options.logFile !== undefined) writeFileSync(options.logFile, '', { mode: 0o600 })
  }

  /** From now on this text is struck from whatever is said. */
  conceal(secret: string): void {
    this.#secrets.push(secret)
  }

  /** Whatever comes of it. */
  async run(args: readonly string[], stdin = ''): Promise<Ran> {
    const { program, cwd, env, interruption } = this.#options
    interruption.throwIfAborted()
    const folder = mkdtempSync(join(tmpdir(), 'taxii-edge-wrangler-'))
    try {
      const record = join(folder, 'events')
      const { exitCode, stdout, said } = await program({
        ...{ args, cwd, stdin, interruption },
        env: { ...withheld(env), ...QUIET, WRANGLER_OUTPUT_FILE_PATH: record },
      })
      const ran = { exitCode, stdout, said: this.#clean(said), events: readEvents(record) }
      this.#keep(args, ran)
      interruption.throwIfAborted()
      return ran
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }

  /** Throws CliFailure with wrangler's own words when it fails. */
  async require(args: readonly string[], { purpose, consequence, stdin }: Purpose): Promise<Ran> {
    const ran = await this.run(args, stdin)
    if (ran.exitCode !== 0) throw this.failure(purpose, ran, consequence)
    return ran
  }

  /** The JSON it prints. */
  async requireJson<Schema extends z.ZodType>(
    args: readonly string[],
    schema: Schema,
    purpose: string,
  ): Promise<z.infer<Schema>> {
    const ran = await this.require(args, { purpose })
    const parsed = parseJson(ran.stdout, schema)
    if (parsed === undefined) throw this.failure(`${purpose}: its answer is not understood`, ran)
    return parsed
  }

  /** `consequence` tells how things stand now. */
  failure(purpose: string, { said }: Pick<Ran, 'said'>, consequence?: string): CliFailure {
    const { logFile } = this.#options
    const words = said.trim() === '' ? '(it said nothing)' : said.trim()
    const parts = [
      `wrangler could not ${purpose}:\n\n${words.replace(/^(?=.)/gm, '  ')}\n`,
      hintFor(said),
      consequence,
      logFile && `All that wrangler said is in ${basename(logFile)}.`,
    ]
    return new CliFailure(parts.filter((part) => part !== undefined).join('\n'))
  }

  #clean(said: string): string {
    const plain = stripVTControlCharacters(said)
    return this.#secrets.reduce((text, secret) => text.replaceAll(secret, '[secret]'), plain)
  }

  #keep(args: readonly string[], { exitCode, said }: Ran): void {
    const { logFile } = this.#options
    if (logFile === undefined) return
    appendFileSync(logFile, `$ wrangler ${args.join(' ')}\n${said.trim()}\n[exit ${exitCode}]\n\n`)
  }
}

export function parseJson<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
): z.infer<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

function withheld(env: Record<string, string | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !WITHHELD.includes(name)))
}

function readEvents(record: string): WranglerEvent[] {
  try {
    const lines = readFileSync(record, 'utf8').split('\n')
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as WranglerEvent)
  } catch {
    return []
  }
}
