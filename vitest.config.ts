import { randomBytes } from 'node:crypto'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

const bindings = {
  TEST_MIGRATIONS: await readD1Migrations('migrations'),
  KEY_SECRET: randomBytes(32).toString('hex'),
  ADMIN_TOKEN: randomBytes(32).toString('hex'),
  // A line for each of many thousand requests would drown what a test says.
  REQUEST_LOG: 'off',
}

// Two runtimes: pure modules, the CLI and the source tree itself are tested on Node; everything
// that a client can reach is tested inside workerd with real D1 and real Durable Objects.
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'node', include: ['test/node/**/*.test.ts'] } },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            // A second database, as an operator would add one: collections may be in either.
            miniflare: { bindings, d1Databases: { DB_2: 'second' } },
          }),
        ],
        test: {
          name: 'workerd',
          include: ['test/workerd/**/*.test.ts'],
          setupFiles: ['test/support/setup.ts'],
        },
      },
    ],
  },
})
