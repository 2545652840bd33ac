// `npm run deploy`: from this source tree to a running Worker in a Cloudflare account.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runDeploy } from './deploy/command-line.ts'
import { program } from './deploy/run-program.ts'
import { EXIT_FAILED } from './failure.ts'
import { processTerminal } from './terminal.ts'

const WRANGLER = fileURLToPath(new URL('../bin/wrangler.js', import.meta.resolve('wrangler')))
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

// What was begun is told before the end: a token that was made is shown nowhere else.
const interruption = new AbortController()
for (const signal of SIGNALS) {
  process.on(signal, () => {
    if (interruption.signal.aborted) process.exit(EXIT_FAILED)
    interruption.abort()
  })
}

process.exitCode = await runDeploy(process.argv.slice(2), {
  terminal: processTerminal(),
  projectRoot: join(import.meta.dirname, '..'),
  wrangler: program(process.execPath, WRANGLER),
  interruption: interruption.signal,
  fetch,
  pollMs: 2_000,
})
