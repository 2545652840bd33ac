// A built Worker alone on the embedded runtime: for a build that is not of this source tree, and
// without the program that `npm start` puts round it.
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from 'wrangler'

export type BuiltWorker = {
  /** Holds index.js. */
  folder: string
  /** The wrangler.toml whose bindings it gets. */
  configPath: string
  /** The folder of the runtime: databases and key objects. */
  stateFolder: string
  bindings: Record<string, string>
}

export type ServedWorker = { url: string; runtime: Miniflare; stop: () => Promise<void> }

export async function serveWorker(worker: BuiltWorker): Promise<ServedWorker> {
  const { workerOptions } = unstable_getMiniflareWorkerOptions(worker.configPath)
  const { bindings, ...declared }: { bindings?: object } = { ...Object(workerOptions) }
  const { name }: { name: string } = unstable_readConfig({ config: worker.configPath })
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      ...declared,
      name,
      rootPath: worker.folder,
      modules: [{ type: 'ESModule', path: join(worker.folder, 'index.js') }],
      bindings: { ...bindings, ...worker.bindings },
      host: '127.0.0.1',
      port: 0,
      resourcePersistencePath: worker.stateFolder,
      cf: false,
      logRequests: false,
    }),
  )
  const { origin } = await runtime.ready
  return { url: origin, runtime, stop: () => runtime.dispose() }
}
