// Bundles the Worker exactly as a deployment would, without an account, and holds it to its size.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'

const GZIP_BYTES_MAX = 150_000

const root = resolve(import.meta.dirname, '../..')
const out = mkdtempSync(join(tmpdir(), 'taxii-edge-bundle-'))
const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js')
const { status, stderr } = spawnSync(
  process.execPath,
  [wrangler, 'deploy', '--dry-run', '--outdir', out],
  { cwd: root, env: { ...process.env, WRANGLER_SEND_METRICS: 'false' }, encoding: 'utf8' },
)
if (status !== 0) {
  console.error(stderr)
  process.exit(1)
}
const bytes = gzipSync(readFileSync(join(out, 'index.js'))).byteLength
rmSync(out, { recursive: true })
console.log(`Worker bundle: ${bytes} bytes gzipped, ${GZIP_BYTES_MAX} allowed`)
process.exit(bytes <= GZIP_BYTES_MAX ? 0 : 1)
