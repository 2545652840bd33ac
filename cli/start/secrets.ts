// The secrets of an embedded server: made once, kept in the data folder, never made anew beside
// state that was written under others, since every key would be dead.
import { randomBytes } from 'node:crypto'
import { CliFailure } from '../failure.ts'
import type { DataFolder } from './data-folder.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'
import { SECRET_NAMES } from './settings.ts'

export type Secrets = Record<(typeof SECRET_NAMES)[number], string>

const SECRET_BYTES = 32
const SECRET_CHARS_MIN = 32

export function openSecrets(folder: DataFolder): Secrets {
  const path = folder.secretsFile
  const kept = readPrivateFile(path)
  if (isSecrets(kept)) return kept
  if (kept !== undefined) {
    throw new CliFailure(`${path} lacks ${SECRET_NAMES.join(' or ')}. ${REMEDY}`)
  }
  if (folder.hasState) throw new CliFailure(`${path} is missing beside existing state. ${REMEDY}`)
  const made = {
    KEY_SECRET: randomBytes(SECRET_BYTES).toString('base64url'),
    ADMIN_TOKEN: randomBytes(SECRET_BYTES).toString('base64url'),
  }
  writePrivateFile(path, made)
  return made
}

const REMEDY = 'Restore it, or delete the whole data folder to begin anew.'

function isSecrets(value: unknown): value is Secrets {
  if (typeof value !== 'object' || value === null) return false
  const secrets: Record<string, unknown> = { ...value }
  return SECRET_NAMES.every((name) => {
    const secret = secrets[name]
    return typeof secret === 'string' && secret.length >= SECRET_CHARS_MIN
  })
}
