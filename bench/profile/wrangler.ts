// wrangler's own commands, without an account, as the benchmark needs them.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '../..')
const QUIET = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_WRITE_LOGS: 'false',
  NO_COLOR: '1',
}

/** Throws with what wrangler said when it fails. */
export async function runWrangler(...args: string[]): Promise<void> {
  const wrangler = fileURLToPath(new URL('../bin/wrangler.js', import.meta.resolve('wrangler')))
  const env = { ...process.env, ...QUIET }
  await promisify(execFile)(process.execPath, [wrangler, ...args], { cwd: ROOT, env })
}
