// The environment that settings and secrets are read from: that of the process, and below it a
// file, so that neither has to stand on a command line that everybody on the machine can read.
import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { SECRET_NAMES } from '../../src/config/config.ts'
import { CliFailure, systemProblem } from '../failure.ts'
import { requirePrivate } from './private-file.ts'

export type Environment = Record<string, string | undefined>

/** Throws CliFailure when the file cannot be read, or holds a secret that others can read. */
export function readEnvironment(path: string | undefined, env: Environment): Environment {
  if (path === undefined) return env
  const fromFile = parseEnv(textOf(path))
  if (SECRET_NAMES.some((name) => fromFile[name])) requirePrivate(path)
  return { ...fromFile, ...env }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const problem = systemProblem(error)
    throw problem === undefined ? error : new CliFailure(`${path} cannot be read: ${problem}`)
  }
}
