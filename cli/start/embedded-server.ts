// The built Worker on the embedded runtime, behind the front or facing its clients. Bindings, compatibility date and
// migrations are read from wrangler.toml: there is no second list.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from 'wrangler'
import { listModules, type ModuleRule } from '../project/list-modules.ts'
import type { MigratedDatabase } from './migrate.ts'
import { prepareDatabases } from './prepare-databases.ts'
import { watchRuntime, withoutSignalHandlers } from './runtime-process.ts'

export type EmbeddedServerOptions = {
  projectRoot: string
  workerFolder: string
  stateFolder: string
  /** Bindings of the databases to have, besides those of wrangler.toml. */
  databases: readonly string[]
  /** Where the runtime listens: for the front, or for all clients. */
  socket: { host: string; port: number }
  /** Settings and secrets, over those of wrangler.toml. */
  bindings: Record<string, string>
  /** What the Worker logs. */
  log: (line: string) => void
  /** Told of the runtime's process when it starts, and when it starts again after a crash. */
  noteRuntime: (pid: number, hasCrashed: boolean) => void
}

export type EmbeddedServer = {
  /** Where it listens. */
  url: URL
  /** Takes nothing new and finishes what is under way; false if that took too long. */
  drain: (deadlineMs: number) => Promise<boolean>
  /** What the platform's clock does. */
  callSchedule: () => Promise<void>
  stop: () => Promise<void>
}

// Wrangler would keep a log of its own in the home folder, which a service may not have.
process.env.WRANGLER_WRITE_LOGS ??= 'false'

const LOOPBACK = '127.0.0.1'
const GATE = readFileSync(join(import.meta.dirname, '../front/gate.js'), 'utf8')

/** The Worker has one schedule, and does not look at it. */
const SCHEDULE = '7 * * * *'

/** `begun` is told of the way to stop before the server is ready. */
export async function startEmbeddedServer(
  options: EmbeddedServerOptions,
  begun: (stop: () => Promise<void>) => void,
): Promise<EmbeddedServer> {
  const configPath = join(options.projectRoot, 'wrangler.toml')
  const config = withDatabases(unstable_readConfig({ config: configPath }), options.databases)
  await prepareDatabases(
    {
      ...{ projectRoot: options.projectRoot, stateFolder: options.stateFolder },
      d1Databases: boundDatabases(config),
      databases: migratedDatabases(config, options.projectRoot),
      log: options.log,
      noteRuntime: (pid) => options.noteRuntime(pid, false),
    },
    begun,
  )
  const runtime = watchRuntime((pid, isFirst) => options.noteRuntime(pid, !isFirst))
  const server = withoutSignalHandlers(
    () => new Miniflare(miniflareOptions(configPath, config, options)),
  )
  let stopped: Promise<void> | undefined
  const stop = () => {
    runtime.stopWatching()
    stopped ??= server.dispose()
    return stopped
  }
  // Once the runtime has ended by itself, nobody may take it for a crash and start it again.
  const drain = (deadlineMs: number) => runtime.drain(deadlineMs, () => void stop())
  begun(stop)
  await server.ready
  const callSchedule = async () => {
    const worker = await server.getWorker()
    await worker.scheduled({ cron: SCHEDULE })
  }
  return { url: await server.unsafeGetDirectURL(), drain, callSchedule, stop }
}

/** What is read here of wrangler's configuration, which its package leaves untyped. */
type WranglerConfig = {
  name: string
  d1_databases: {
    binding: string
    database_id?: string
    migrations_dir?: string
    migrations_table?: string
  }[]
}

/** As if they stood there too, migrated as the home database is. */
function withDatabases(config: WranglerConfig, bindings: readonly string[]): WranglerConfig {
  const [home, ...others] = config.d1_databases
  const known = config.d1_databases.map(({ binding }) => binding)
  const further = bindings.filter((binding) => !known.includes(binding))
  if (home === undefined) return config
  const added = further.map((binding) => ({ ...home, binding, database_id: binding }))
  return { ...config, d1_databases: [home, ...others, ...added] }
}

type WorkerOptions = { bindings?: object; modulesRules?: ModuleRule[] }

function miniflareOptions(
  configPath: string,
  config: WranglerConfig,
  options: EmbeddedServerOptions,
) {
  const { workerOptions } = unstable_getMiniflareWorkerOptions(configPath)
  const { workerFolder } = options
  const { modulesRules = [], bindings, ...declared }: WorkerOptions = { ...Object(workerOptions) }
  return convertV4MiniflareOptions({
    ...declared,
    name: config.name,
    rootPath: workerFolder,
    modules: [
      // As if it lay beside what it stands before.
      { type: 'ESModule' as const, path: join(workerFolder, 'gate.js'), contents: GATE },
      ...listModules(workerFolder, modulesRules),
    ],
    d1Databases: boundDatabases(config),
    bindings: { ...bindings, ...options.bindings },
    // Not by Miniflare's own entry: another Worker on the way, which would take as long as this one,
    // and which believes whatever address a client gives.
    unsafeDirectSockets: [options.socket],
    host: LOOPBACK,
    port: 0,
    resourcePersistencePath: options.stateFolder,
    cf: false,
    logRequests: false,
    handleStructuredLogs: ({ message }) => options.log(message),
  })
}

function boundDatabases({ d1_databases: databases }: WranglerConfig) {
  const bound = databases.map(({ binding, database_id: id }) => [binding, { id: id ?? binding }])
  return Object.fromEntries(bound)
}

function migratedDatabases(config: WranglerConfig, projectRoot: string): MigratedDatabase[] {
  return config.d1_databases.map(({ binding, migrations_dir, migrations_table }) => ({
    binding,
    folder: join(projectRoot, migrations_dir ?? 'migrations'),
    table: migrations_table ?? 'd1_migrations',
  }))
}
