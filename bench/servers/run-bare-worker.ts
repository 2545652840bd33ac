// Runs the bare Worker on the same runtime as ours, in a process of its own so that its cost can
// be told apart. Prints one line of JSON when ready. Argument: the folder of its state.
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_readConfig } from 'wrangler'

const [stateFolder = ''] = process.argv.slice(2)
const configPath = join(import.meta.dirname, '../../wrangler.toml')
const config: { compatibility_date: string } = unstable_readConfig({ config: configPath })
const worker = join(import.meta.dirname, 'bare-worker.js')

const server = new Miniflare(
  convertV4MiniflareOptions({
    name: 'bare',
    modules: [{ type: 'ESModule', path: worker }],
    rootPath: import.meta.dirname,
    compatibilityDate: config.compatibility_date,
    d1Databases: ['DB'],
    durableObjects: { COUNTER: { className: 'Counter', useSQLite: true } },
    host: '127.0.0.1',
    port: 0,
    resourcePersistencePath: stateFolder,
    cf: false,
    logRequests: false,
  }),
)
const { origin } = await server.ready
console.log(JSON.stringify({ url: origin }))
