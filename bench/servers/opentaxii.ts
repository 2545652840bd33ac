// OpenTAXII as its documentation runs it in production: gunicorn with two workers, on SQLite, with
// what makes it fastest: statistics for the query planner; a public collection, which spares it
// from checking credentials; all versions asked for, of which each object has one, which spares it
// from looking for the last; and see opentaxii_app.py.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { readGroups } from '../data/dataset.ts'
import type { HttpReader } from '../load/http-reader.ts'
import { Program } from './program.ts'
import { freePort, type Installed, pinnedVersion, requirePeer } from './python-peer.ts'
import { type Absent, TAXII, type TaxiiTarget } from './taxii-target.ts'

export type PeerServer = {
  target: TaxiiTarget
  /** Of the load through its own API, also when an earlier run did it. */
  objectsPerSecond: number
  stop: () => Promise<void>
}

export type PeerOptions = {
  folder: string
  reuse: boolean
  mayInstall: boolean
  file: string
  objects: number
  reader: HttpReader
}

const NAME = `OpenTAXII ${pinnedVersion('opentaxii')}`
const OBJECTS_PER_POST = 1_000
const POST_BYTES_MAX = 100_000_000
const ANALYZE = 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute("ANALYZE")'

export async function startOpenTaxii(options: PeerOptions): Promise<PeerServer | Absent> {
  const { folder, reuse } = options
  const installed = await requirePeer('opentaxii', options)
  if ('absent' in installed) return installed
  if (!reuse) rmSync(folder, { recursive: true, force: true })
  const mark = join(folder, 'loaded.json')
  if (!existsSync(mark)) {
    mkdirSync(folder, { recursive: true })
    const objectsPerSecond = await prepare(installed, options)
    writeFileSync(mark, JSON.stringify({ objectsPerSecond }))
  }
  const { objectsPerSecond }: { objectsPerSecond: number } = JSON.parse(readFileSync(mark, 'utf8'))
  return { ...(await serve(installed, options)), objectsPerSecond }
}

/** Objects a second, the whole feed in order. Throws when a group is refused. */
export async function postAll(
  target: TaxiiTarget,
  { file, reader }: Pick<PeerOptions, 'file' | 'reader'>,
): Promise<number> {
  let objects = 0
  let seconds = 0
  for await (const texts of readGroups(file, OBJECTS_PER_POST)) {
    const body = `{"objects":[${texts.join(',')}]}`
    const headers = { ...target.headers(), 'Content-Type': TAXII }
    const length = { 'Content-Length': String(Buffer.byteLength(body)) }
    const startedMs = performance.now()
    await reader.require(`${target.url}${target.path}objects/`, { ...headers, ...length }, body)
    seconds += (performance.now() - startedMs) / 1000
    objects += texts.length
  }
  return objects / seconds
}

/** A root, a collection and its objects; how many of these went in a second. */
async function prepare({ programs }: Installed, options: PeerOptions): Promise<number> {
  const { folder } = options
  const env = { ...process.env, ...environment(folder) }
  const run = async (program: string, ...args: string[]) => {
    await promisify(execFile)(join(programs, program), args, { env, cwd: folder })
  }
  await run('opentaxii-add-api-root', '--title', 'bench', '--default')
  const { target, stop } = await serve({ programs }, options)
  try {
    const [, , rootId = ''] = target.path.split('/')
    const isPublic = ['--public', '--public-write']
    await run('opentaxii-add-collection', '-r', rootId, '-t', 'b', '-a', 'bench', ...isPublic)
    return await postAll(target, options)
  } finally {
    await stop()
    // Connections read the statistics when they are opened.
    await run('python', '-c', ANALYZE, databaseFile(folder))
  }
}

async function serve(
  { programs }: Installed,
  { folder, objects, reader }: PeerOptions,
): Promise<Omit<PeerServer, 'objectsPerSecond'>> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const program = await Program.start({
    command: join(programs, 'gunicorn'),
    args: ['opentaxii_app:app', '--bind', `127.0.0.1:${port}`, ...WORKERS],
    env: environment(folder),
    cwd: folder,
    log: join(folder, 'server.log'),
  })
  const headers = { Accept: TAXII }
  await program.answersAt(`${url}/taxii2/`)
  const discovery = await reader.require(`${url}/taxii2/`, headers)
  const { default: root }: { default: string } = JSON.parse(discovery.body.toString())
  const path = `${root}collections/bench/`
  const query = { 'match[version]': 'all' }
  const target = { name: NAME, url, pid: program.pid, path, query, objects, headers: () => headers }
  return { target, stop: () => program.stop() }
}

/** The sort of worker that keeps connections; with the plain one each request opens a new one. */
const KEEPING = ['--keep-alive', '60', '--timeout', '300']
const WORKERS = ['--workers', '2', '--worker-class', 'gthread', '--threads', '1', ...KEEPING]

function environment(folder: string): Record<string, string> {
  return {
    OPENTAXII_CONFIG: writeConfig(folder),
    PYTHONPATH: import.meta.dirname,
    PYTHONDONTWRITEBYTECODE: '1',
  }
}

function databaseFile(folder: string): string {
  return join(folder, 'data.db')
}

/** YAML, of which JSON is a part. */
function writeConfig(folder: string): string {
  const config = {
    domain: 'localhost',
    auth_api: {
      class: 'opentaxii.auth.sqldb.SQLDatabaseAPI',
      parameters: {
        db_connection: `sqlite:///${join(folder, 'auth.db')}`,
        create_tables: true,
        secret: 'bench',
      },
    },
    taxii1: null,
    taxii2: {
      title: 'bench',
      public_discovery: true,
      max_content_length: POST_BYTES_MAX,
      persistence_api: {
        class: 'opentaxii.persistence.sqldb.Taxii2SQLDatabaseAPI',
        parameters: { db_connection: `sqlite:///${databaseFile(folder)}`, create_tables: true },
      },
    },
    logging: { opentaxii: 'error', root: 'error' },
  }
  const path = join(folder, 'config.yml')
  writeFileSync(path, JSON.stringify(config))
  return path
}
