// medallion, the OASIS reference server, on its memory back end. The back end lives in one process,
// so there is one worker.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type PeerOptions, type PeerServer, postAll } from './opentaxii.ts'
import { Program } from './program.ts'
import { freePort, pinnedVersion, requirePeer } from './python-peer.ts'
import { type Absent, TAXII } from './taxii-target.ts'

const NAME = `medallion ${pinnedVersion('medallion')}`
const COLLECTION_ID = '7a4f9d3e-2d6f-4a57-9a3c-5a0f6bb1a3c1'
const USER = { name: 'bench', password: 'bench' }
const POST_BYTES_MAX = 100_000_000

export async function startMedallion(options: PeerOptions): Promise<PeerServer | Absent> {
  const { folder, reader, objects, file } = options
  const installed = await requirePeer('medallion', options)
  if ('absent' in installed) return installed
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const config = writeConfig(folder)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const program = await Program.start({
    command: join(installed.programs, 'gunicorn'),
    args: [`medallion:load_app("${config}")`, '--bind', `127.0.0.1:${port}`, ...WORKERS],
    cwd: folder,
    log: join(folder, 'server.log'),
  })
  await program.answersAt(`${url}/taxii2/`)
  const credentials = Buffer.from(`${USER.name}:${USER.password}`).toString('base64')
  const headers = { Accept: TAXII, Authorization: `Basic ${credentials}` }
  const path = `/bench/collections/${COLLECTION_ID}/`
  const server = { name: NAME, url, pid: program.pid, path, query: {} }
  const target = { ...server, objects, headers: () => headers }
  const objectsPerSecond = await postAll(target, { file, reader })
  return { target, objectsPerSecond, stop: () => program.stop() }
}

const WORKERS = ['--workers', '1', '--threads', '4', '--keep-alive', '60', '--timeout', '300']

function writeConfig(folder: string): string {
  const data = {
    '/discovery': { title: 'bench', default: '/bench/', api_roots: ['/bench/'] },
    bench: {
      information: {
        title: 'bench',
        versions: [TAXII],
        max_content_length: POST_BYTES_MAX,
      },
      status: [],
      collections: [
        {
          id: COLLECTION_ID,
          title: 'bench',
          can_read: true,
          can_write: true,
          media_types: ['application/stix+json;version=2.1'],
          objects: [],
          manifest: [],
        },
      ],
    },
  }
  const dataPath = join(folder, 'data.json')
  writeFileSync(dataPath, JSON.stringify(data))
  const config = {
    backend: {
      module: 'medallion.backends.memory_backend',
      module_class: 'MemoryBackend',
      filename: dataPath,
    },
    users: { [USER.name]: USER.password },
    taxii: { max_page_size: 1000 },
  }
  const path = join(folder, 'config.json')
  writeFileSync(path, JSON.stringify(config))
  return path
}
