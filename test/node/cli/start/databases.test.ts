// How many databases an embedded server has: as many as it ever had, or more.
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DataFolder } from '../../../../cli/start/data-folder.ts'
import { openDatabases } from '../../../../cli/start/databases.ts'
import { temporaryFolder } from '../support/run.ts'

async function openFolder(): Promise<DataFolder> {
  const folder = new DataFolder(temporaryFolder())
  await folder.open(() => {})
  return folder
}

test('is one where nobody asked for more', async () => {
  expect(openDatabases(await openFolder(), undefined)).toEqual(['DB'])
})

test('is remembered, and may grow', async () => {
  const folder = await openFolder()
  expect(openDatabases(folder, 2)).toEqual(['DB', 'DB_2'])
  expect(openDatabases(folder, undefined)).toEqual(['DB', 'DB_2'])
  expect(openDatabases(folder, 3)).toEqual(['DB', 'DB_2', 'DB_3'])
  expect(openDatabases(folder, 3)).toEqual(['DB', 'DB_2', 'DB_3'])
})

test('never shrinks, since collections would be out of reach', async () => {
  const folder = await openFolder()
  openDatabases(folder, 3)
  expect(() => openDatabases(folder, 2)).toThrow(/has 3 databases/)
  expect(openDatabases(folder, undefined)).toHaveLength(3)
})

test.each(['{}', '{"databases":0}', '{"databases":"2"}', '[]', 'null'])(
  'is not guessed from %s',
  async (text) => {
    const folder = await openFolder()
    writeFileSync(folder.databasesFile, text)
    expect(() => openDatabases(folder, 2)).toThrow(/cannot be used/)
    expect(readFileSync(folder.databasesFile, 'utf8')).toBe(text)
  },
)
