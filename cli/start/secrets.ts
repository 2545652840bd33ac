// The secrets of an embedded server: given in the environment, or made once and kept in the data
// folder. KEY_SECRET is never another one beside state that was written under it, since every key
// would be dead; of one that is given, the folder keeps only what it can be known by.
import { createHash, randomBytes } from 'node:crypto'
import { SECRET_NAMES } from '../../src/config/config.ts'
import { CliFailure } from '../failure.ts'
import type { DataFolder } from './data-folder.ts'
import type { Environment } from './environment.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'

export type Secrets = Record<(typeof SECRET_NAMES)[number], string>

const SECRET_BYTES = 32
const SECRET_CHARS_MIN = 32
const REMEDY = 'Restore it, or delete the whole data folder to begin anew.'

export function openSecrets(folder: DataFolder, env: Environment = {}): Secrets {
  const given = givenSecrets(env)
  const path = folder.secretsFile
  const kept = readPrivateFile(path)
  if (kept === undefined) return makeSecrets(folder, given)
  requireSame(given.KEY_SECRET, kept, path)
  const { KEY_SECRET, ADMIN_TOKEN } = { ...goodSecrets(kept), ...given }
  if (KEY_SECRET !== undefined && ADMIN_TOKEN !== undefined) return { KEY_SECRET, ADMIN_TOKEN }
  throw new CliFailure(`${path} lacks ${SECRET_NAMES.join(' or ')}. ${REMEDY}`)
}

function makeSecrets(folder: DataFolder, given: Partial<Secrets>): Secrets {
  const path = folder.secretsFile
  if (given.KEY_SECRET === undefined && folder.hasState) {
    throw new CliFailure(`${path} is missing beside existing state. ${REMEDY}`)
  }
  const made = { KEY_SECRET: makeSecret(), ADMIN_TOKEN: makeSecret(), ...given }
  const { KEY_SECRET, ADMIN_TOKEN } = made
  writePrivateFile(path, {
    ...(given.KEY_SECRET === undefined
      ? { KEY_SECRET }
      : { KEY_SECRET_SHA256: fingerprintOf(given.KEY_SECRET) }),
    ...(given.ADMIN_TOKEN === undefined && { ADMIN_TOKEN }),
  })
  return made
}

function requireSame(given: string | undefined, kept: unknown, path: string): void {
  if (given === undefined) return
  const { KEY_SECRET: before } = goodSecrets(kept)
  const { KEY_SECRET_SHA256: noted }: Record<string, unknown> = { ...Object(kept) }
  const known = before === undefined ? noted : fingerprintOf(before)
  if (known === undefined || known === fingerprintOf(given)) return
  throw new CliFailure(
    `The environment has another KEY_SECRET than the one that ${path} knows, under which every key was made. Give that one.`,
  )
}

function givenSecrets(env: Environment): Partial<Secrets> {
  const good = goodSecrets(env)
  const short = SECRET_NAMES.find((name) => (env[name] ?? '') !== '' && good[name] === undefined)
  if (short === undefined) return good
  throw new CliFailure(
    `${short} of the environment must have at least ${SECRET_CHARS_MIN} characters.`,
  )
}

/** Those that are there and long enough. */
function goodSecrets(value: unknown): Partial<Secrets> {
  const secrets: Record<string, unknown> = { ...Object(value) }
  return Object.fromEntries(
    SECRET_NAMES.flatMap((name) => {
      const secret = secrets[name]
      const isGood = typeof secret === 'string' && secret.length >= SECRET_CHARS_MIN
      return isGood ? [[name, secret]] : []
    }),
  )
}

/** Says nothing about a secret of this length. */
function fingerprintOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

function makeSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}
