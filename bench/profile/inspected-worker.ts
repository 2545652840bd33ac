// Our Worker on the state of a server that has been stopped, not minified and open to the
// inspector, so that a profile names its functions.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions } from 'wrangler'
import { listModules, type ModuleRule } from '../../cli/project/list-modules.ts'
import { DataFolder } from '../../cli/start/data-folder.ts'
import { openSecrets } from '../../cli/start/secrets.ts'
import { requestLogOf, settingsFrom } from '../../cli/start/settings.ts'
import { runWrangler } from './wrangler.ts'

export type InspectedWorker = {
  url: string
  /** Address and port. */
  inspectorHost: string
  /** Where a line of the bundle comes from, e.g. `src/store/pages.ts`. */
  sourceOf: (line: number) => string
  stop: () => Promise<void>
}

const ROOT = join(import.meta.dirname, '../..')
export const BUNDLE = 'index.js'
export const WORKER_NAME = 'taxii-edge'

/** What wrangler makes of its configuration, as far as it is taken apart here. */
type Declared = { bindings?: object; modulesRules?: ModuleRule[] }

/** `dataFolder` is that of `npm start`. */
export async function startInspected(
  dataFolder: string,
  bundleFolder: string,
  { heapMegabytes }: { heapMegabytes?: number } = {},
): Promise<InspectedWorker> {
  // Read by Miniflare when it starts the runtime.
  if (heapMegabytes !== undefined) {
    process.env.MINIFLARE_WORKERD_V8_FLAGS = `--max-heap-size=${heapMegabytes}`
  }
  await runWrangler('deploy', '--dry-run', '--no-minify', '--outdir', bundleFolder)
  const folder = new DataFolder(dataFolder)
  const { workerOptions } = unstable_getMiniflareWorkerOptions(join(ROOT, 'wrangler.toml'))
  const { modulesRules = [], bindings, ...declared }: Declared = { ...Object(workerOptions) }
  const server = new Miniflare(
    convertV4MiniflareOptions({
      ...declared,
      name: WORKER_NAME,
      rootPath: bundleFolder,
      modules: listModules(bundleFolder, modulesRules),
      bindings: {
        ...bindings,
        ...settingsFrom({}),
        REQUEST_LOG: requestLogOf(undefined, {}),
        ...openSecrets(folder),
      },
      host: '127.0.0.1',
      port: 0,
      inspectorPort: 0,
      resourcePersistencePath: folder.state,
      cf: false,
      logRequests: false,
    }),
  )
  const { origin } = await server.ready
  delete process.env.MINIFLARE_WORKERD_V8_FLAGS
  return {
    url: origin,
    inspectorHost: (await server.getInspectorURL()).host,
    sourceOf: sourceFinder(readFileSync(join(bundleFolder, BUNDLE), 'utf8')),
    stop: () => server.dispose(),
  }
}

/** The bundler writes the name of each module before it, as a comment. */
export function sourceFinder(bundle: string): (line: number) => string {
  const lines = bundle.split('\n')
  return (line) => {
    for (let at = Math.min(line, lines.length - 1); at >= 0; at--) {
      const source = /^\/\/ (\S+\.[cm]?[jt]s)$/.exec(lines[at] ?? '')?.[1]
      if (source !== undefined) return source
    }
    return ''
  }
}
