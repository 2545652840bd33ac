// The built Worker on the embedded runtime, behind the front. Bindings, compatibility date and
// migrations are read from wrangler.toml: there is no second list.
import type { ChildProcess } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from 'wrangler'
import { GATE_SECRET, gateSource } from '../front/gate.ts'
import { listModules, type ModuleRule } from './list-modules.ts'
import { type MigratedDatabase, migrate } from './migrate.ts'

export type EmbeddedServerOptions = {
  projectRoot: string
  workerFolder: string
  stateFolder: string
  /** By which the Worker knows that a request came through the front. */
  frontSecret: string
  /** Settings and secrets, over those of wrangler.toml. */
  bindings: Record<string, string>
  /** What the Worker logs. */
  log: (line: string) => void
  /** Told of the runtime's process when it starts, also after a crash. */
  noteRuntime: (pid: number) => void
}

export type EmbeddedServer = {
  /** Where it listens for the front: a port of this machine only. */
  url: URL
  stop: () => Promise<void>
}

const LOOPBACK = '127.0.0.1'
const ENTRY = './index.js'
const GATE = 'gate.js'

const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** `begun` is told of the way to stop before the server is ready. */
export async function startEmbeddedServer(
  options: EmbeddedServerOptions,
  begun: (stop: () => Promise<void>) => void,
): Promise<EmbeddedServer> {
  const configPath = join(options.projectRoot, 'wrangler.toml')
  const config: WranglerConfig = unstable_readConfig({ config: configPath })
  const stopWatching = watchRuntime(options.noteRuntime)
  const server = withoutSignalHandlers(
    () => new Miniflare(miniflareOptions(configPath, config.name, options)),
  )
  const stop = async () => {
    stopWatching()
    await server.dispose()
  }
  begun(stop)
  await server.ready
  await migrate(server, migratedDatabases(config, options.projectRoot))
  return { url: await server.unsafeGetDirectURL(), stop }
}

/** What is read here of wrangler's configuration, which its package leaves untyped. */
type WranglerConfig = {
  name: string
  d1_databases: { binding: string; migrations_dir?: string; migrations_table?: string }[]
}

type WorkerOptions = { bindings?: object; modulesRules?: ModuleRule[] }

function miniflareOptions(configPath: string, name: string, options: EmbeddedServerOptions) {
  const { workerOptions } = unstable_getMiniflareWorkerOptions(configPath)
  const { workerFolder } = options
  const { modulesRules = [], bindings, ...declared }: WorkerOptions = { ...Object(workerOptions) }
  return convertV4MiniflareOptions({
    ...declared,
    name,
    rootPath: workerFolder,
    modules: [
      { type: 'ESModule' as const, path: join(workerFolder, GATE), contents: gateSource(ENTRY) },
      ...listModules(workerFolder, modulesRules),
    ],
    bindings: { ...bindings, ...options.bindings, [GATE_SECRET]: options.frontSecret },
    // Not by Miniflare's own entry, which believes whatever address a client gives.
    unsafeDirectSockets: [{ host: LOOPBACK, port: 0 }],
    host: LOOPBACK,
    port: 0,
    resourcePersistencePath: options.stateFolder,
    cf: false,
    logRequests: false,
    handleStructuredLogs: ({ message }) => options.log(message),
  })
}

function migratedDatabases(config: WranglerConfig, projectRoot: string): MigratedDatabase[] {
  return config.d1_databases.map(({ binding, migrations_dir, migrations_table }) => ({
    binding,
    folder: join(projectRoot, migrations_dir ?? 'migrations'),
    table: migrations_table ?? 'd1_migrations',
  }))
}

/** Miniflare does not tell the process it starts, but Node tells of every process. */
function watchRuntime(noteRuntime: (pid: number) => void): () => void {
  const notice = (message: unknown) => {
    const { process: child } = message as { process: ChildProcess }
    // The process has no number before it is spawned.
    child.once('spawn', () => {
      const isRuntime = child.spawnfile.includes('workerd')
      if (isRuntime && child.pid !== undefined) noteRuntime(child.pid)
    })
  }
  subscribe('child_process', notice)
  return () => unsubscribe('child_process', notice)
}

/** Miniflare would end this process on a signal before anything was put in order. */
function withoutSignalHandlers<Made>(make: () => Made): Made {
  const before = new Map(ENDING_SIGNALS.map((signal) => [signal, process.listeners(signal)]))
  const made = make()
  for (const [signal, known] of before) {
    for (const listener of process.listeners(signal)) {
      if (!known.includes(listener)) process.off(signal, listener)
    }
  }
  return made
}
