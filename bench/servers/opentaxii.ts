// OpenTAXII as its documentation runs it in production: gunicorn with two workers, on SQLite. It is
// asked in the way that costs it least: a public collection spares it from checking credentials,
// and asking for all versions, of which each object has one, from looking for the last.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { readGroups } from '../data/dataset.ts'
import type { HttpReader } from '../load/http-reader.ts'
import { Program } from './program.ts'
import { freePort, pinnedVersion, requirePeer } from './python-peer.ts'
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

export async function startOpenTaxii(options: PeerOptions): Promise<PeerServer | Absent> {
  const { folder, reuse, reader, objects } = options
  const installed = await requirePeer('opentaxii', options)
  if ('absent' in installed) return installed
  if (!reuse) rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const env = { OPENTAXII_CONFIG: writeConfig(folder), PYTHONPATH: import.meta.dirname }
  const setUp = async (program: string, ...args: string[]) => {
    const path = join(installed.programs, `opentaxii-${program}`)
    await promisify(execFile)(path, args, { env: { ...process.env, ...env }, cwd: folder })
  }
  const mark = join(folder, 'loaded.json')
  const isNew = !existsSync(mark)
  if (isNew) await setUp('add-api-root', '--title', 'bench', '--default')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const program = await Program.start({
    command: join(installed.programs, 'gunicorn'),
    args: ['opentaxii_app:app', '--bind', `127.0.0.1:${port}`, ...WORKERS],
    env,
    cwd: folder,
    log: join(folder, 'server.log'),
  })
  await program.answersAt(`${url}/taxii2/`)
  const headers = { Accept: TAXII }
  const discovery = await reader.require(`${url}/taxii2/`, headers)
  const { default: root }: { default: string } = JSON.parse(discovery.body.toString())
  const path = `${root}collections/bench/`
  const query = { 'match[version]': 'all' }
  const target = { name: NAME, url, pid: program.pid, path, query, objects, headers: () => headers }
  if (isNew) {
    const rootId = root.split('/')[2] ?? ''
    const isPublic = ['--public', '--public-write']
    await setUp('add-collection', '-r', rootId, '-t', 'bench', '-a', 'bench', ...isPublic)
    const loaded = { objectsPerSecond: await postAll(target, options) }
    writeFileSync(mark, JSON.stringify(loaded))
  }
  const { objectsPerSecond }: { objectsPerSecond: number } = JSON.parse(readFileSync(mark, 'utf8'))
  return { target, objectsPerSecond, stop: () => program.stop() }
}

/** The sort of worker that keeps connections; with the plain one each request opens a new one. */
const KEEPING = ['--keep-alive', '60', '--timeout', '300']
const WORKERS = ['--workers', '2', '--worker-class', 'gthread', '--threads', '1', ...KEEPING]

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

/** YAML, of which JSON is a part. */
function writeConfig(folder: string): string {
  const database = (name: string) => `sqlite:///${join(folder, name)}`
  const config = {
    domain: 'localhost',
    auth_api: {
      class: 'opentaxii.auth.sqldb.SQLDatabaseAPI',
      parameters: { db_connection: database('auth.db'), create_tables: true, secret: 'bench' },
    },
    taxii1: null,
    taxii2: {
      title: 'bench',
      public_discovery: true,
      max_content_length: POST_BYTES_MAX,
      persistence_api: {
        class: 'opentaxii.persistence.sqldb.Taxii2SQLDatabaseAPI',
        parameters: { db_connection: database('data.db'), create_tables: true },
      },
    },
    logging: { opentaxii: 'error', root: 'error' },
  }
  const path = join(folder, 'config.yml')
  writeFileSync(path, JSON.stringify(config))
  return path
}
