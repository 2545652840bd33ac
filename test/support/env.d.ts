// Bindings that only the tests have: a second database, the migrations, and secrets made anew for
// every run.
declare namespace Cloudflare {
  interface Env {
    DB_2: D1Database
    TEST_MIGRATIONS: import('cloudflare:test').D1Migration[]
    KEY_SECRET: string
    ADMIN_TOKEN: string
  }
}
