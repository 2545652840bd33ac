// Migrations of the databases in the account: which have been applied, and applying the others.

import { basename } from 'node:path'
import * as z from 'zod'
import { CliFailure } from '../failure.ts'
import { migrationsIn } from '../project/migration-files.ts'
import type { BoundDatabase } from './configuration.ts'
import { parseJson, type Wrangler } from './wrangler.ts'

const answers = z.array(z.looseObject({ results: z.array(z.record(z.string(), z.unknown())) }))

/** Names of the applied ones; none for a database that is new. */
export async function appliedMigrations(
  wrangler: Wrangler,
  config: string,
  database: BoundDatabase,
): Promise<string[]> {
  const { binding, migrationsTable } = database
  const rows = await query(
    wrangler,
    config,
    database,
    `SELECT name FROM ${migrationsTable} ORDER BY id`,
    `tell the migrations of ${binding}`,
  )
  return rows.map(({ name }) => String(name))
}

/** How many API keys were given out under this database; 0 before there is a table of them. */
export async function countKeys(
  wrangler: Wrangler,
  config: string,
  database: BoundDatabase,
): Promise<number> {
  const purpose = `count the API keys in ${database.binding}`
  const sql = 'SELECT count(*) AS keys FROM api_keys'
  const [row] = await query(wrangler, config, database, sql, purpose)
  return Number(row?.keys ?? 0)
}

/** Those of this source tree that were not applied. Throws CliFailure for what it does not know. */
export function pendingMigrations(
  database: BoundDatabase,
  applied: readonly string[],
  allowsNewer: boolean,
): string[] {
  const names = migrationsIn(database.migrationsFolder)
  const unknown = applied.filter((name) => !names.includes(name))
  if (unknown.length > 0 && !allowsNewer) {
    throw new CliFailure(
      `${database.name} was migrated by a newer release: this one does not know ${unknown.join(', ')}. To go back to the Worker before, use \`npx wrangler rollback\`. Only the release right before the newer one is known to run on its schema; --allow-newer-schema deploys all the same.`,
    )
  }
  return names.filter((name) => !applied.includes(name))
}

/** Applies all that are pending, and makes sure that they were. */
export async function applyMigrations(
  wrangler: Wrangler,
  config: string,
  database: BoundDatabase,
): Promise<void> {
  const { binding, name } = database
  const purpose = `apply the migrations of ${name}`
  const consequence =
    'No Worker was deployed: what answered before goes on. Migrations before the one that failed stay.'
  const args = ['d1', 'migrations', 'apply', binding, '--remote', '--config', config]
  const ran = await wrangler.require(args, { purpose, consequence })
  const applied = await appliedMigrations(wrangler, config, database)
  if (migrationsIn(database.migrationsFolder).some((each) => !applied.includes(each))) {
    throw wrangler.failure(purpose, ran, consequence)
  }
}

const bookmarkAnswer = z.looseObject({ bookmark: z.string() })

/** The state of a database, to which it can be restored; undefined when there is none to be had. */
export async function bookmarkOf(
  wrangler: Wrangler,
  config: string,
  { binding }: BoundDatabase,
): Promise<string | undefined> {
  const ran = await wrangler.run([
    'd1',
    'time-travel',
    'info',
    binding,
    '--json',
    '--config',
    config,
  ])
  return parseJson(ran.stdout, bookmarkAnswer)?.bookmark
}

export function restoreCommand({ binding }: BoundDatabase, bookmark: string, made: string): string {
  return `npx wrangler d1 time-travel restore ${binding} --bookmark=${bookmark} -c ${basename(made)}`
}

/** The rows; none when the table is not there yet. */
async function query(
  wrangler: Wrangler,
  config: string,
  { binding }: BoundDatabase,
  sql: string,
  purpose: string,
): Promise<Record<string, unknown>[]> {
  const ran = await wrangler.run([
    ...['d1', 'execute', binding, '--remote', '--json'],
    ...['--command', sql, '--config', config],
  ])
  if (ran.exitCode !== 0 && /no such table/.test(ran.said)) return []
  const rows = ran.exitCode === 0 ? parseJson(ran.stdout, answers)?.[0]?.results : undefined
  if (rows === undefined) throw wrangler.failure(purpose, ran)
  return rows
}
