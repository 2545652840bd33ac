// Which bindings are databases, and in which order they stand.
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { DATABASE_BINDING } from '../../../src/config/config.ts'
import { databaseNamed, databasesOf } from '../../../src/store/databases.ts'

const { DB, API_KEYS } = env

it('are those called DB and DB_…, home first, the others by name', () => {
  const bindings = { DB_EU: DB, DB_10: DB, DB_2: DB, DB, DB_1A: DB }
  const { home, all } = databasesOf(bindings)
  expect(home).toBe(all[0])
  expect(all.map(({ name }) => name)).toEqual(['DB', 'DB_1A', 'DB_2', 'DB_10', 'DB_EU'])
  expect(all.every(({ d1 }) => d1 === DB)).toBe(true)
})

it('are no settings and no other bindings, whatever they are called', () => {
  const bindings = { DB, DB_TEXT: 'DB', DB_KEYS: 1, DB_NONE: null, DB_: DB, DBX: DB, XDB_2: DB }
  const others = { db_2: DB, 'DB-2': DB, [`DB_${'X'.repeat(31)}`]: DB, DATABASE: DB, API_KEYS }
  const changed = { ...bindings, ...others }
  expect(databasesOf(changed).all.map(({ name }) => name)).toEqual(['DB'])
})

// Neither may import the other: the store reads no setting, the configuration knows no store.
it.each([
  ...['DB', 'DB_2', 'DB_EU', 'DB_A_1', `DB_${'X'.repeat(30)}`],
  ...['DB_', 'DBX', 'XDB_2', 'db_2', 'DB-2', 'DB_ü', 'DB_2 ', `DB_${'X'.repeat(31)}`],
])('are found where a setting may name them, and nowhere else: %s', (name) => {
  const isFound = databasesOf({ DB, [name]: DB }).all.some((each) => each.name === name)
  expect(isFound).toBe(DATABASE_BINDING.test(name))
})

it('are looked for once in an environment', () => {
  expect(databasesOf(env)).toBe(databasesOf(env))
})

it('have no name but their own', () => {
  const databases = databasesOf(env)
  expect(databaseNamed(databases, 'DB_2')?.d1).toBe(env.DB_2)
  for (const name of ['', 'constructor', 'db', 'DB_3']) {
    expect(databaseNamed(databases, name)).toBeUndefined()
  }
})
