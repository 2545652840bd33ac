// What a server costs: processor time and memory of a process and all that it started, as Linux
// tells them. Elsewhere they are undefined, never guessed.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

export type ProcessUse = { pid: number; program: string; cpuSeconds: number; memoryBytes: number }

/** The process and its descendants that are running now. */
export function processTree(root: number): ProcessUse[] | undefined {
  if (process.platform !== 'linux') return undefined
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? readStat(name) : []))
  const members = new Set([root])
  // A child may have a smaller number than its parent: once around for each generation.
  for (let before = 0; before < members.size; ) {
    before = members.size
    for (const { pid, parent } of all) if (members.has(parent)) members.add(pid)
  }
  return all
    .filter(({ pid }) => members.has(pid))
    .map(({ pid, program, ticks }) => ({
      pid,
      program,
      cpuSeconds: ticks / ticksPerSecond(),
      memoryBytes: memoryOf(pid),
    }))
}

/** User and system time of the whole tree since it began. */
export function cpuSeconds(root: number): number | undefined {
  return processTree(root)?.reduce((sum, each) => sum + each.cpuSeconds, 0)
}

/** Memory of the tree's processes of this program, in bytes. */
export function memoryBytes(root: number, program: RegExp): number | undefined {
  const members = processTree(root)?.filter((each) => program.test(each.program))
  return members?.reduce((sum, each) => sum + each.memoryBytes, 0)
}

function readStat(pid: string): { pid: number; program: string; parent: number; ticks: number }[] {
  const stat = read(`/proc/${pid}/stat`)
  // The program's name stands in brackets and may itself hold spaces and brackets.
  const end = stat?.lastIndexOf(')') ?? -1
  if (stat === undefined || end < 0) return []
  const fields = stat.slice(end + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  const program = stat.slice(stat.indexOf('(') + 1, end)
  return [{ pid: Number(pid), program, parent: Number(fields[1]), ticks }]
}

function memoryOf(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1]
  return Number(kilobytes ?? 0) * 1024
}

let knownTicks: number | undefined

function ticksPerSecond(): number {
  knownTicks ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
  return knownTicks
}

/** A process may end between being listed and being read. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
