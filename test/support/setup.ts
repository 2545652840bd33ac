// Every workerd test file starts on migrated, empty databases of its own.
import { applyD1Migrations } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll } from 'vitest'

beforeAll(async () => {
  for (const database of [env.DB, env.DB_2]) {
    await applyD1Migrations(database, env.TEST_MIGRATIONS)
  }
})
