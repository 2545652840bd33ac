// Bundles the Worker by the very tool that deploys it, without network or account.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { CliFailure } from '../failure.ts'

/** Throws CliFailure with the bundler's own words. */
export async function buildWorker(projectRoot: string, outputFolder: string): Promise<void> {
  const bundler = fileURLToPath(new URL('../bin/wrangler.js', import.meta.resolve('wrangler')))
  const args = [bundler, 'deploy', '--dry-run', '--outdir', outputFolder]
  const child = spawn(process.execPath, [...args, '--config', join(projectRoot, 'wrangler.toml')], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      WRANGLER_SEND_METRICS: 'false',
      WRANGLER_SEND_ERROR_REPORTS: 'false',
      WRANGLER_HIDE_BANNER: 'true',
      WRANGLER_WRITE_LOGS: 'false',
      NO_COLOR: '1',
      FORCE_COLOR: '0',
    },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (exitCode === 0) return
  throw new CliFailure(`The Worker cannot be built.\n${stripVTControlCharacters(said).trim()}`)
}
