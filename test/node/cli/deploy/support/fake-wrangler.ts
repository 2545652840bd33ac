// Stands in for wrangler: the same commands, answers and failures, on an account that a test makes.
// Notes what it was called with and given by standard input.
import { randomBytes, randomUUID } from 'node:crypto'
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Account, Database } from './account.ts'

type Call = { args: readonly string[]; stdin: string; env: Record<string, string | undefined> }

type Bound = { binding: string; database_id: string; migrations_dir: string }

type DeployedConfiguration = {
  name: string
  account_id: string
  d1_databases: Bound[]
  workers_dev?: boolean
  routes?: { pattern: string; custom_domain?: boolean; zone_name?: string }[]
}

export type Answer = { exitCode: number; stdout: string; stderr: string }

/** What would change where it deploys to, or is none of its business. */
const WITHHELD = ['CLOUDFLARE_ENV', 'KEY_SECRET', 'ADMIN_TOKEN']

/** Changes the account as the command does. */
export function callWrangler(account: Account, call: Call): Answer {
  return new FakeWrangler(account, call).run()
}

class FakeWrangler {
  readonly #account: Account
  readonly #args: readonly string[]
  readonly #stdin: string
  readonly #env: Call['env']
  /** The first migration that fails. */
  #firstBad: string | undefined
  #stdout = ''
  #stderr = ''

  constructor(account: Account, { args, stdin, env }: Call) {
    this.#account = account
    this.#args = args
    this.#stdin = stdin
    this.#env = env
  }

  run(): Answer {
    const { calls, failures } = this.#account
    calls.push({ args: [...this.#args], stdin: this.#stdin })
    for (const name of WITHHELD) if (name in this.#env) throw new Error(`${name} was handed on`)
    const line = this.#args.join(' ')
    const index = failures.findIndex(({ command }) => line.startsWith(command))
    const [failure] = index < 0 ? [] : failures.splice(index, 1)
    if (typeof failure?.does === 'string') this.#firstBad = failure.does
    let exitCode = failure === undefined || failure.does ? this.#answer() : 1
    if (failure !== undefined) {
      exitCode = this.#fail(failure.says)
      this.#note({ type: 'command-failed', version: 1, message: failure.says })
    }
    return { exitCode, stdout: this.#stdout, stderr: this.#stderr }
  }

  #answer(): number {
    const [first, second, third, fourth = ''] = this.#args
    if (first === 'whoami') return this.#whoami()
    if (first === 'deploy' && this.#args.includes('--dry-run')) return this.#build()
    if (!this.#account.loggedIn) return this.#fail('necessary to set a CLOUDFLARE_API_TOKEN')
    if (first === 'deploy') return this.#deploy()
    if (first === 'd1' && second === 'list') return this.#print(this.#account.databases)
    if (first === 'd1' && second === 'create') return this.#create(third ?? '')
    if (first === 'd1' && second === 'migrations') return this.#migrate(this.#databaseOf(fourth))
    if (first === 'd1' && second === 'execute') return this.#query(this.#databaseOf(third ?? ''))
    if (first === 'd1' && second === 'time-travel')
      return this.#print({ bookmark: '00000001-bookmark' })
    if (first === 'secret' && second === 'list') return this.#listSecrets()
    if (first === 'secret' && second === 'bulk') return this.#putSecrets()
    if (first === 'deployments') return this.#showDeployment()
    return this.#fail(`Unknown command: ${this.#args.join(' ')}`)
  }

  #whoami(): number {
    const { loggedIn, accounts } = this.#account
    if (!loggedIn) {
      this.#print({ loggedIn })
      return 1
    }
    return this.#print({ loggedIn, authType: 'OAuth Token', email: 'erin@example.org', accounts })
  }

  #build(): number {
    const out = this.#option('--outdir')
    mkdirSync(out, { recursive: true })
    writeFileSync(
      join(out, 'index.js'),
      randomBytes(this.#account.bundleCharacters / 2).toString('hex'),
    )
    return this.#say('--dry-run: exiting now.')
  }

  #create(name: string): number {
    if (this.#account.databases.some((each) => each.name === name)) {
      return this.#fail('A database with that name already exists')
    }
    this.#account.databases.push({ uuid: randomUUID(), name, migrations: [], keys: 0 })
    return this.#say(`✅ Successfully created DB '${name}'`)
  }

  #migrate(database: Database): number {
    const folder = resolve(
      dirname(this.#option('--config')),
      this.#boundBy(database).migrations_dir,
    )
    const names = readdirSync(folder).filter((name) => name.endsWith('.sql'))
    for (const name of names.sort()) {
      if (name === this.#firstBad) break
      if (!database.migrations.includes(name)) database.migrations.push(name)
    }
    return this.#say('Migrations to be applied: …')
  }

  #query({ migrations, keys }: Database): number {
    if (migrations.length === 0) {
      this.#print({
        error: { text: 'failed', notes: [{ text: 'no such table: x: SQLITE_ERROR' }] },
      })
      return 1
    }
    const results = this.#option('--command').includes('api_keys')
      ? [{ keys }]
      : migrations.map((name) => ({ name }))
    return this.#print([{ results, success: true, meta: {} }])
  }

  #listSecrets(): number {
    const worker = this.#account.workers[this.#workerName()]
    if (worker === undefined) {
      return this.#fail(
        `Worker "${this.#workerName()}" not found.\n\nIf this is a new Worker, deploy first.`,
      )
    }
    return this.#print(Object.keys(worker.secrets).map((name) => ({ name, type: 'secret_text' })))
  }

  #putSecrets(): number {
    this.#account.workers[this.#workerName()] ??= { secrets: {}, versions: [] }
    Object.assign(this.#account.workers[this.#workerName()]?.secrets ?? {}, JSON.parse(this.#stdin))
    return this.#say(`✨ Successfully created secrets`)
  }

  #deploy(): number {
    const { d1_databases } = this.#configuration()
    for (const { database_id } of d1_databases) {
      if (!this.#account.databases.some(({ uuid }) => uuid === database_id)) {
        return this.#fail('binding DB of type d1 must have a valid `id` specified [code: 10021]')
      }
    }
    const name = this.#workerName()
    const worker = this.#account.workers[name] ?? { secrets: {}, versions: [] }
    this.#account.workers[name] = worker
    const versionId = randomUUID()
    worker.versions.push(versionId)
    const addresses = this.#addresses(name)
    worker.hosts = addresses.map((address) => /^(?:https:\/\/)?([^\s/]+)/.exec(address)?.[1] ?? '')
    const targets = [...addresses, 'schedule: 7 * * * *']
    this.#note({ type: 'deploy', version: 1, worker_name: name, version_id: versionId, targets })
    return this.#say(`Current Version ID: ${versionId}`)
  }

  #showDeployment(): number {
    const current = this.#account.workers[this.#workerName()]?.versions.at(-1)
    if (current === undefined)
      return this.#fail(`The Worker ${this.#workerName()} has no deployments.`)
    return this.#print({ id: randomUUID(), versions: [{ version_id: current, percentage: 100 }] })
  }

  /** As wrangler tells of them. */
  #addresses(name: string): string[] {
    const { workers_dev, routes = [] } = this.#configuration()
    return [
      ...(workers_dev === false ? [] : [`https://${name}.example.workers.dev`]),
      ...routes.map(({ pattern, custom_domain, zone_name }) =>
        custom_domain ? `${pattern} (custom domain)` : `${pattern} (zone name: ${zone_name})`,
      ),
    ]
  }

  #configuration(): DeployedConfiguration {
    const text = readFileSync(this.#option('--config'), 'utf8').replace(/^\/\/.*\n/, '')
    const parsed = JSON.parse(text)
    if (
      parsed.account_id !== this.#account.accounts[0]?.id &&
      this.#account.accounts.length === 1
    ) {
      throw new Error(`the file names the account ${parsed.account_id}`)
    }
    return parsed
  }

  #workerName(): string {
    return this.#configuration().name
  }

  #databaseOf(binding: string): Database {
    const id = this.#configuration().d1_databases.find(
      (each) => each.binding === binding,
    )?.database_id
    const found = this.#account.databases.find(({ uuid }) => uuid === id)
    if (found === undefined) throw new Error(`Couldn't find a D1 DB with the binding '${binding}'`)
    return found
  }

  #boundBy({ uuid }: Database): Bound {
    const bound = this.#configuration().d1_databases.find(({ database_id }) => database_id === uuid)
    if (bound === undefined) throw new Error(`nothing is bound to ${uuid}`)
    return bound
  }

  #option(name: string): string {
    return this.#args[this.#args.indexOf(name) + 1] ?? ''
  }

  #print(value: unknown): number {
    return this.#say(JSON.stringify(value, null, 2))
  }

  #say(text: string): number {
    this.#stdout += `${text}\n`
    return 0
  }

  #fail(text: string): number {
    this.#stderr += `✘ [ERROR] ${text}\n`
    return 1
  }

  #note(event: object): void {
    appendFileSync(this.#env.WRANGLER_OUTPUT_FILE_PATH ?? '', `${JSON.stringify(event)}\n`)
  }
}
