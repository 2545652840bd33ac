// Applies the migrations to the embedded databases, each once and as a whole, and keeps the list
// of them as wrangler does, so that either may go on where the other stopped.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Miniflare } from 'miniflare'
import { CliFailure } from '../failure.ts'
import { migrationsIn } from '../project/migration-files.ts'

export type MigratedDatabase = { binding: string; folder: string; table: string }

type Database = Awaited<ReturnType<Miniflare['getD1Database']>>

const STATEMENT_END = '--> statement-breakpoint'

export async function migrate(
  server: Pick<Miniflare, 'getD1Database'>,
  databases: readonly MigratedDatabase[],
): Promise<void> {
  for (const { binding, folder, table } of databases) {
    const names = migrationsIn(folder)
    if (names.length === 0) throw new CliFailure(`There are no migrations in ${folder}.`)
    const database = await server.getD1Database(binding)
    const applied = await appliedMigrations(database, table)
    const unknown = [...applied].find((name) => !names.includes(name))
    if (unknown !== undefined) {
      throw new CliFailure(
        `The state was made by a newer release: it has the migration ${unknown}. Start that release, or this one on the copy that was made before the upgrade.`,
      )
    }
    for (const name of names) {
      if (!applied.has(name)) await apply(database, table, name, join(folder, name))
    }
  }
}

async function appliedMigrations(database: Database, table: string): Promise<Set<string>> {
  const definition = [
    'id INTEGER PRIMARY KEY AUTOINCREMENT',
    'name TEXT UNIQUE',
    'applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL',
  ]
  try {
    await database.prepare(`CREATE TABLE IF NOT EXISTS ${table} (${definition.join(', ')})`).run()
    const { results } = await database.prepare(`SELECT name FROM ${table}`).all<{ name: string }>()
    return new Set(results.map(({ name }) => name))
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new CliFailure(
      `The database cannot be used: ${problem}. Restore the data folder, or delete it to begin anew.`,
    )
  }
}

async function apply(database: Database, table: string, name: string, path: string): Promise<void> {
  const statements = readFileSync(path, 'utf8')
    .split(STATEMENT_END)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
  await database.batch([
    ...statements.map((statement) => database.prepare(statement)),
    database.prepare(`INSERT INTO ${table} (name) VALUES (?)`).bind(name),
  ])
}
