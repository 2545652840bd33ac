// A server never begins on databases without tables.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { migrate } from '../../../../cli/start/migrate.ts'
import { temporaryFolder } from '../support/run.ts'

const UNTOUCHED = {
  getD1Database: async () => {
    throw new Error('The database was opened.')
  },
}

function migrateFrom(folder: string): Promise<void> {
  return migrate(UNTOUCHED, [{ binding: 'DB', folder, table: 'd1_migrations' }])
}

test('is refused without migrations, before a database is opened', async () => {
  const folder = join(temporaryFolder(), 'migrations')
  await expect(migrateFrom(folder)).rejects.toThrow(`There are no migrations in ${folder}.`)
  mkdirSync(folder)
  writeFileSync(join(folder, 'notes.md'), '')
  await expect(migrateFrom(folder)).rejects.toThrow(`There are no migrations in ${folder}.`)
  writeFileSync(join(folder, '0000_first.sql'), 'SELECT 1;')
  await expect(migrateFrom(folder)).rejects.toThrow('The database was opened.')
})
