// Bindings that only the tests have: the migrations, and secrets made anew for every run.
declare namespace Cloudflare {
  interface Env {
    TEST_MIGRATIONS: import('cloudflare:test').D1Migration[]
    KEY_SECRET: string
    ADMIN_TOKEN: string
  }
}
