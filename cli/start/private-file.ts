// Small JSON files that only their owner may read, replaced as a whole or not at all.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { CliFailure, systemCode, systemProblem } from '../failure.ts'

/** The value in the file, or undefined when there is no file. Throws CliFailure when it is broken. */
export function readPrivateFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw new CliFailure(`${path} cannot be used: ${systemProblem(error) ?? 'it is not JSON'}`)
  }
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
