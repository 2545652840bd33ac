// The Worker's secrets: what is there stays, what is missing is made. A new KEY_SECRET ends every
// key, so that one is never made where keys may have been given out under another.
import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import { SECRET_NAMES } from '../../src/config/config.ts'
import { CliFailure } from '../failure.ts'
import { parseJson, type Wrangler } from './wrangler.ts'

export type SecretName = (typeof SECRET_NAMES)[number]

export type Secrets = Partial<Record<SecretName, string>>

const listed = z.array(z.looseObject({ name: z.string() }))
const SECRET_BYTES = 32
const NO_WORKER = /Worker "[^"]*"[^\n]* not found|code: 10007\]|code: 10090\]/

/** Secrets that the deployer wants to know themselves, in place of made ones. */
export function givenSecrets(env: Record<string, string | undefined>): Secrets {
  return Object.fromEntries(
    SECRET_NAMES.flatMap((name) => {
      const value = env[name]
      return value === undefined || value === '' ? [] : [[name, value]]
    }),
  )
}

/** Names of the secrets; undefined when there is no such Worker. */
export async function listSecrets(
  wrangler: Wrangler,
  config: string,
): Promise<string[] | undefined> {
  const args = ['secret', 'list', '--format', 'json', '--config', config]
  const ran = await wrangler.run(args)
  if (ran.exitCode !== 0 && NO_WORKER.test(ran.said)) return undefined
  const parsed = ran.exitCode === 0 ? parseJson(ran.stdout, listed) : undefined
  if (parsed === undefined) throw wrangler.failure('list the secrets of the Worker', ran)
  return parsed.map(({ name }) => name)
}

export function missingSecrets(
  present: readonly string[],
  { adminToken, newAdminToken }: { adminToken: boolean; newAdminToken: boolean },
): SecretName[] {
  return SECRET_NAMES.filter((name) => {
    if (name === 'ADMIN_TOKEN' && newAdminToken) return true
    return !present.includes(name) && (name !== 'ADMIN_TOKEN' || adminToken)
  })
}

/** Refuses to void keys. */
export function requireKeySecret(worker: string, keys: number): void {
  if (keys === 0) return
  throw new CliFailure(
    `The Worker ${worker} has no KEY_SECRET, but its database lists ${keys} API keys. Under another KEY_SECRET every one of them ends. Give the one they were made under in the environment variable KEY_SECRET, or begin anew with --new-key-secret.`,
  )
}

/** Made at random, where they are not given. */
export function makeSecrets(names: readonly SecretName[], given: Secrets): Secrets {
  return Object.fromEntries(
    names.map((name) => [name, given[name] ?? randomBytes(SECRET_BYTES).toString('base64url')]),
  )
}

/** All at once, by standard input. */
export async function putSecrets(
  wrangler: Wrangler,
  config: string,
  secrets: Secrets,
): Promise<void> {
  const names = Object.keys(secrets)
  for (const secret of Object.values(secrets)) wrangler.conceal(secret)
  const purpose = `set the secrets ${names.join(' and ')}`
  const args = ['secret', 'bulk', '--config', config]
  const ran = await wrangler.require(args, { purpose, stdin: JSON.stringify(secrets) })
  const present = await listSecrets(wrangler, config)
  if (names.some((name) => !present?.includes(name))) throw wrangler.failure(purpose, ran)
}
