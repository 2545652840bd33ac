// Small JSON files that only their owner may read, replaced as a whole or not at all.
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs'
import { CliFailure, systemCode, systemProblem } from '../failure.ts'

/** All that is given to the group and to everybody. */
const OTHERS = 0o077

/** The value in the file, or undefined when there is no file. Throws CliFailure when it is broken. */
export function readPrivateFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw new CliFailure(`${path} cannot be used: ${systemProblem(error) ?? 'it is not JSON'}`)
  }
}

/** Throws CliFailure when anybody but the owner can get at it. Absent is private. */
export function requirePrivate(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  // Windows knows no such modes.
  if (found === undefined || process.platform === 'win32') return
  const mode = found.mode & 0o777
  if ((mode & OTHERS) === 0) return
  const wanted = found.isDirectory() ? '700' : '600'
  throw new CliFailure(
    `${path} is open to other users of this machine (mode ${mode.toString(8)}). Run: chmod ${wanted} ${path}`,
  )
}

export function writePrivateFile(path: string, value: unknown): void {
  const draft = `${path}.${process.pid}`
  try {
    const file = openSync(draft, 'w', 0o600)
    writeSync(file, `${JSON.stringify(value, null, 2)}\n`)
    fsyncSync(file)
    closeSync(file)
    renameSync(draft, path)
  } catch (error) {
    const problem = systemProblem(error)
    throw problem === undefined ? error : new CliFailure(`${path} cannot be written: ${problem}`)
  }
}
