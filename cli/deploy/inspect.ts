// Looks at the account, without changing anything in it, for what a deployment has to do there.

import { basename } from 'node:path'
import { CliFailure } from '../failure.ts'
import { migrationsIn } from '../project/migration-files.ts'
import { type Account, chooseAccount, type NamedAccount } from './account.ts'
import {
  type BoundDatabase,
  type Configuration,
  readMade,
  writeConfiguration,
} from './configuration.ts'
import { findDatabases, listDatabases } from './databases.ts'
import type { DeployFiles } from './files.ts'
import { appliedMigrations, countKeys, pendingMigrations } from './migrations.ts'
import type { DeployOptions } from './options.ts'
import type { Plan, PlannedDatabase } from './plan.ts'
import { currentVersion } from './publish.ts'
import { givenSecrets, listSecrets, missingSecrets, requireKeySecret } from './secrets.ts'
import type { Wrangler } from './wrangler.ts'

type Env = Record<string, string | undefined>

/** Leaves behind the file for wrangler, with the ids that are known. */
export async function inspect(
  configuration: Configuration,
  files: DeployFiles,
  wrangler: Wrangler,
  { options, env }: { options: DeployOptions; env: Env },
): Promise<Plan> {
  const made = readMade(files)
  const account = await accountOf(configuration, made.accountId, files, wrangler, env)
  const known = configuration.databases.map((each) => ({
    ...each,
    id: each.id ?? made.ids.get(each.binding),
  }))
  writeConfiguration({ ...configuration, databases: known }, account.id, files)
  const inAccount = await listDatabases(wrangler, files.made)
  const found = findDatabases(configuration.databases, made.ids, inAccount, basename(files.made))
  writeConfiguration({ ...configuration, databases: found }, account.id, files)
  const databases: PlannedDatabase[] = []
  for (const database of found) databases.push(await planned(database, wrangler, files, options))
  const present = await listSecrets(wrangler, files.made)
  const secrets = missingSecrets(present ?? [], options)
  const given = givenSecrets(env)
  if (secrets.includes('KEY_SECRET') && given.KEY_SECRET === undefined && !options.newKeySecret) {
    requireKeySecret(configuration.name, await keysIn(found, wrangler, files))
  }
  if (given.KEY_SECRET !== undefined && !secrets.includes('KEY_SECRET')) {
    throw new CliFailure(
      `The Worker ${configuration.name} has a KEY_SECRET, which is never replaced since every key would end. Run again without KEY_SECRET in the environment.`,
    )
  }
  const before = present === undefined ? undefined : await currentVersion(wrangler, files.made)
  const { env: environment } = options
  return { environment, worker: configuration.name, account, before, databases, secrets }
}

async function accountOf(
  configuration: Configuration,
  previous: string | undefined,
  files: DeployFiles,
  wrangler: Wrangler,
  env: Env,
): Promise<Account> {
  const places: [place: string, id: string | undefined][] = [
    ['the configuration', configuration.accountId],
    ['CLOUDFLARE_ACCOUNT_ID', env.CLOUDFLARE_ACCOUNT_ID],
    [basename(files.made), previous],
  ]
  const named = places.flatMap(([place, id]): NamedAccount[] =>
    id === undefined || id === '' ? [] : [{ place, id }],
  )
  return await chooseAccount(wrangler, named)
}

async function planned(
  database: BoundDatabase,
  wrangler: Wrangler,
  files: DeployFiles,
  { allowNewerSchema }: DeployOptions,
): Promise<PlannedDatabase> {
  if (database.id === undefined)
    return { database, pending: migrationsIn(database.migrationsFolder) }
  const applied = await appliedMigrations(wrangler, files.made, database)
  return { database, pending: pendingMigrations(database, applied, allowNewerSchema) }
}

async function keysIn(
  databases: readonly BoundDatabase[],
  wrangler: Wrangler,
  files: DeployFiles,
): Promise<number> {
  let keys = 0
  for (const database of databases) {
    if (database.id !== undefined) keys += await countKeys(wrangler, files.made, database)
  }
  return keys
}
