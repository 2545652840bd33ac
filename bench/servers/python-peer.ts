// Peers are Python programs in environments of their own, made from pinned requirements.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Absent } from './taxii-target.ts'

export type PeerName = 'opentaxii' | 'medallion'

/** Folder of the programs that were installed. */
export type Installed = { programs: string }

const ROOT = join(import.meta.dirname, '../..')
const INSTALL_MS = 300_000

/** Installs a peer unless it is there; absent when it cannot be had, for whatever reason. */
export async function requirePeer(
  name: PeerName,
  { mayInstall }: { mayInstall: boolean },
): Promise<Installed | Absent> {
  const requirements = join(import.meta.dirname, `../requirements-${name}.txt`)
  const folder = join(ROOT, '.venv-bench', name)
  const programs = join(folder, 'bin')
  const mark = join(folder, 'installed')
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return { programs }
  if (!mayInstall) return { absent: `${name} is not installed, and a quick run installs nothing` }
  try {
    rmSync(folder, { recursive: true, force: true })
    await run('python3', ['-m', 'venv', folder])
    await run(join(programs, 'pip'), ['install', '--quiet', '--requirement', requirements])
  } catch (error) {
    return { absent: `${name} could not be installed: ${firstLineOf(error)}` }
  }
  writeFileSync(mark, wanted)
  return { programs }
}

/** What the requirements pin a package to. */
export function pinnedVersion(name: PeerName): string {
  const requirements = readFileSync(
    join(import.meta.dirname, `../requirements-${name}.txt`),
    'utf8',
  )
  return new RegExp(`^${name}==(.+)$`, 'm').exec(requirements)?.[1] ?? 'of unknown release'
}

/** For programs that cannot tell which port they took. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => probe.once('listening', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port is free')
  return address.port
}

async function run(program: string, args: string[]): Promise<void> {
  await promisify(execFile)(program, args, { timeout: INSTALL_MS })
}

function firstLineOf(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)
  return said.trim().split('\n').at(-1) ?? ''
}
