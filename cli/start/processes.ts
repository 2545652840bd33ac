// What can be learnt of other processes without any package: by /proc on Linux, elsewhere by the
// system's own lister. Whatever cannot be learnt is undefined, never guessed.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A process and the moment it began, so that a number used again is not taken for it. */
export type ProcessMark = { pid: number; began: string | null }

export function markOf(pid: number): ProcessMark {
  return { pid, began: beginningOf(pid) ?? null }
}

export function isRunning({ pid, began }: ProcessMark): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // Not ours to signal, yet there.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  const beganNow = beginningOf(pid)
  return began === null || beganNow === undefined || began === beganNow
}

/** The command line of a process; on Windows only the name of its program. */
export function commandOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    return read(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim()
  }
  if (process.platform === 'win32') {
    return run('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'])
  }
  return run('ps', ['-ww', '-o', 'args=', '-p', String(pid)])
}

/** The process that listens on a port. */
export function listenerOn(port: number): number | undefined {
  if (process.platform === 'linux') return linuxListenerOn(port)
  if (process.platform === 'win32') return undefined
  const [pid] = run('lsof', ['-nP', '-t', `-iTCP:${port}`, '-sTCP:LISTEN'])?.split('\n') ?? []
  return pid === undefined || pid === '' ? undefined : Number(pid)
}

/** The kernel's tables name the socket, and whoever has it open has it as a file. */
function linuxListenerOn(port: number): number | undefined {
  const sockets = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6']
      .flatMap((table) => (read(table) ?? '').split('\n'))
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local = '', , state]) => state === LISTENING && portOf(local) === port)
      .map((fields) => `socket:[${fields[9]}]`),
  )
  const processes =
    sockets.size === 0 ? [] : readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return processes.map(Number).find((pid) => openFilesOf(pid).some((file) => sockets.has(file)))
}

const LISTENING = '0A'

/** Of an address as the kernel writes it, `0100007F:2253`. */
function portOf(address: string): number {
  return Number.parseInt(address.split(':')[1] ?? '', 16)
}

/** Empty for a process that is not ours to look into. */
function openFilesOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((name) => readlinkSync(`/proc/${pid}/fd/${name}`))
  } catch {
    return []
  }
}

function beginningOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return undefined
  // The second field is the program's name in brackets and may itself hold spaces and brackets.
  const fields = read(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ')
  const ticks = fields?.[19]
  return ticks && `${read('/proc/sys/kernel/random/boot_id')?.trim()} ${ticks}`
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function run(program: string, args: string[]): string | undefined {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return undefined
  }
}
