// A project folder, an account, and `npm run deploy` between them.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { onTestFinished } from 'vitest'
import { runDeploy } from '../../../../../cli/deploy/command-line.ts'
import { program, type RunProgram } from '../../../../../cli/deploy/run-program.ts'
import { type Account, emptyAccount } from './account.ts'
import { callWrangler } from './fake-wrangler.ts'

const ROOT = join(import.meta.dirname, '../../../../..')
const FAKE_WRANGLER = join(import.meta.dirname, 'fake-wrangler-program.ts')

export type Ran = { exitCode: number; out: string; err: string }

type RunOptions = {
  env?: Record<string, string>
  /** What is typed when a question is asked. */
  answer?: string
  /** In place of the deployed Worker. */
  fetch?: typeof fetch
  interruption?: AbortSignal
  /** With the stand-in as a program, which takes longer. */
  byProgram?: boolean
}

export class Deployment {
  readonly root = mkdtempSync(join(tmpdir(), 'taxii-edge-deploy-'))
  readonly questions: string[] = []
  account: Account

  constructor(account: Partial<Account> = {}) {
    cpSync(join(ROOT, 'wrangler.toml'), join(this.root, 'wrangler.toml'))
    mkdirSync(join(this.root, 'migrations'))
    this.addMigration('0000_first.sql')
    this.addMigration('0001_second.sql')
    this.account = { ...emptyAccount(), ...structuredClone(account) }
    onTestFinished(() => rmSync(this.root, { recursive: true }))
  }

  addMigration(name: string): void {
    this.write(join('migrations', name), 'SELECT 1;')
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.root, name), text)
  }

  read(name: string): string {
    return readFileSync(join(this.root, name), 'utf8')
  }

  /** What the file for wrangler holds. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever members the file has
  made(environment = 'production'): any {
    return JSON.parse(this.read(`wrangler.deploy.${environment}.jsonc`).replace(/^\/\/.*\n/, ''))
  }

  /** Every text that is left behind. */
  get filesText(): string {
    return readdirSync(this.root, { withFileTypes: true })
      .flatMap((entry) => (entry.isFile() ? [this.read(entry.name)] : []))
      .join('\n')
  }

  /** The commands since the last look, without their options. */
  takeCommands(): string[] {
    const calls = this.account.calls.splice(0)
    return calls.map(({ args }) => {
      const end = args.findIndex((word) => word.startsWith('--'))
      const words = args.slice(0, end < 0 ? undefined : end).join(' ')
      return args.includes('--dry-run') ? `${words} --dry-run` : words
    })
  }

  async run(args: string[] = [], options: RunOptions = {}): Promise<Ran> {
    let out = ''
    let err = ''
    const { answer, env, interruption = new AbortController().signal } = options
    const exitCode = await runDeploy(args, {
      terminal: {
        env: { PATH: process.env.PATH, ...env },
        stdin: Readable.from([]),
        print: (text) => {
          out += text
        },
        report: (text) => {
          err += text
        },
        ...(answer !== undefined && {
          ask: async (question: string) => {
            this.questions.push(question)
            return answer
          },
        }),
      },
      projectRoot: this.root,
      wrangler: options.byProgram ? this.#wranglerProgram : this.#wrangler,
      interruption,
      fetch: options.fetch ?? ((input) => this.#health(String(input))),
      pollMs: 5,
    })
    return { exitCode, out, err }
  }

  readonly #wrangler: RunProgram = async (call) => {
    const { exitCode, stdout, stderr } = callWrangler(this.account, call)
    return { exitCode, stdout, said: stdout + stderr }
  }

  readonly #wranglerProgram: RunProgram = async (call) => {
    const folder = mkdtempSync(join(tmpdir(), 'taxii-edge-account-'))
    const file = join(folder, 'account.json')
    writeFileSync(file, JSON.stringify(this.account))
    const env = { ...call.env, FAKE_ACCOUNT: file }
    const said = await program(process.execPath, FAKE_WRANGLER)({ ...call, env })
    this.account = JSON.parse(readFileSync(file, 'utf8'))
    rmSync(folder, { recursive: true })
    return said
  }

  /** The newest version of the Worker that is asked is ready if it has its secret. */
  async #health(url: string): Promise<Response> {
    const { hostname } = new URL(url)
    const workers = Object.values(this.account.workers)
    const worker = workers.find(({ hosts = [] }) => hosts.includes(hostname))
    if (worker?.secrets.KEY_SECRET === undefined) return new Response('no secret', { status: 503 })
    return new Response('{"status":"ok"}', {
      headers: { 'X-Worker-Version': worker.versions.at(-1) ?? '' },
    })
  }
}
