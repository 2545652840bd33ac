// Our server as `npm start` runs it, and what an operator does to it: collections, keys, imports.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AdminClient } from '../../cli/operator/admin-client.ts'
import type { CollectionState, IssuedKey } from '../../cli/operator/resources.ts'
import { SECRET_NAMES, settingNames } from '../../src/config/config.ts'
import { type MemoryUse, watchMemory } from '../load/memory.ts'
import { memoryBytes } from '../load/processes.ts'
import { Program } from './program.ts'
import { TAXII, type TaxiiTarget } from './taxii-target.ts'

const ROOT = join(import.meta.dirname, '../..')
/** Real limits that no run can reach. */
const PER_MINUTE = 10_000_000
const PER_DAY = 10_000_000_000

export type EdgeOptions = {
  /** Folder of its data, its log and what is known of it. */
  folder: string
  /** Whether what an earlier run left there is kept. */
  reuse: boolean
}

export type ImportReport = {
  objects: number
  seconds: number
  cliMemory: MemoryUse | undefined
  workerMemory: MemoryUse | undefined
}

export class EdgeServer {
  readonly url: string
  readonly pid: number
  readonly #program: Program
  readonly folder: string
  readonly #admin: AdminClient
  readonly #adminToken: string

  static async start({ folder, reuse }: EdgeOptions): Promise<EdgeServer> {
    if (!reuse) rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    const args = ['--json', '--port', '0', '--no-sample', '--data', dataFolderOf(folder)]
    const program = await Program.start({
      command: process.execPath,
      args: [join(ROOT, 'cli/start.ts'), ...args],
      cwd: ROOT,
      env: asShipped(),
      log: join(folder, 'server.log'),
    })
    const ready: { url: string; adminToken: string } = JSON.parse(await program.firstLine())
    return new EdgeServer(program, folder, ready)
  }

  private constructor(
    program: Program,
    folder: string,
    ready: { url: string; adminToken: string },
  ) {
    this.url = ready.url
    this.pid = program.pid
    this.#program = program
    this.folder = folder
    this.#adminToken = ready.adminToken
    this.#admin = new AdminClient(ready.url, ready.adminToken)
  }

  async stop(): Promise<void> {
    await this.#program.stop()
  }

  async createCollection(alias: string): Promise<void> {
    const json = { alias, title: `Benchmark ${alias}`, can_write: true }
    await this.#admin.call<CollectionState>({ method: 'POST', path: '/admin/collections/', json })
  }

  async createKeys(count: number): Promise<string[]> {
    const json = { tier: 'pro', label: 'bench', per_minute: PER_MINUTE, per_day: PER_DAY }
    const keys: string[] = []
    while (keys.length < count) {
      const { key } = await this.#admin.call<IssuedKey>({
        method: 'POST',
        path: '/admin/keys/',
        json,
      })
      keys.push(key)
    }
    return keys
  }

  /** Ids of new indicators that are now in the collection named `bench`. */
  async addIndicators(count: number): Promise<string[]> {
    const objects = Array.from({ length: count }, newIndicator)
    const path = '/admin/collections/bench/import/'
    await this.#admin.call<object>({ method: 'POST', path, json: { objects } })
    return objects.map(({ id }) => id.slice('indicator--'.length))
  }

  /** By the command line, as an operator does it. Throws when an object is refused. */
  async import(file: string, collection: string): Promise<ImportReport> {
    const program = await Program.start({
      command: process.execPath,
      args: [join(ROOT, 'cli/main.ts'), 'import', file, '--collection', collection, '--json'],
      cwd: ROOT,
      env: {
        TAXII_EDGE_URL: this.url,
        TAXII_EDGE_TOKEN: this.#adminToken,
        XDG_STATE_HOME: join(this.folder, 'cli-state'),
      },
      log: join(this.folder, 'import.log'),
    })
    const cli = watchMemory(() => memoryBytes(program.pid, /./))
    const worker = watchMemory(() => memoryBytes(this.pid, /workerd/))
    try {
      const summary: { added: number; seconds: number } = JSON.parse(await program.output())
      const { added: objects, seconds } = summary
      return { objects, seconds, cliMemory: cli.stop(), workerMemory: worker.stop() }
    } finally {
      cli.stop()
      worker.stop()
    }
  }

  /** Requests go through the keys in turn. */
  target(name: string, collection: string, objects: number, keys: readonly string[]): TaxiiTarget {
    let turn = 0
    return {
      name,
      url: this.url,
      pid: this.pid,
      path: `/api/taxii2/api/collections/${collection}/`,
      query: {},
      objects,
      headers: () => ({ Accept: TAXII, Authorization: `Bearer ${keys[turn++ % keys.length]}` }),
    }
  }

  /** What an earlier run noted with `note`. */
  noted<Value>(): Value | undefined {
    const path = this.#noteFile
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
  }

  note(value: unknown): void {
    writeFileSync(this.#noteFile, JSON.stringify(value))
  }

  get #noteFile(): string {
    return join(this.folder, 'loaded.json')
  }
}

function newIndicator() {
  const created = new Date().toISOString()
  return {
    type: 'indicator',
    spec_version: '2.1',
    id: `indicator--${crypto.randomUUID()}`,
    created,
    modified: created,
    name: 'Added while others read',
    pattern: "[domain-name:value = 'added.bench.example']",
    pattern_type: 'stix',
    valid_from: created,
  }
}

export function dataFolderOf(folder: string): string {
  return join(folder, 'data')
}

/** An environment without settings for the server: it is measured as it is shipped. */
function asShipped(): Record<string, undefined> {
  return Object.fromEntries([...settingNames(), ...SECRET_NAMES].map((name) => [name, undefined]))
}
