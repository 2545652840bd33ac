// What can be learnt of other processes without any package: by /proc on Linux, elsewhere by the
// system's own lister. Whatever cannot be learnt is undefined, never guessed.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

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
