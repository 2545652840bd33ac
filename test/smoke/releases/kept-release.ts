// What is kept of a release, brought back: its data as a folder that `npm start` takes, and its
// built Worker.
import { execFileSync } from 'node:child_process'
import { chmodSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gunzipSync } from 'node:zlib'
import { ADMIN_TOKEN, KEY_SECRET, tokenOf } from './derived-secrets.ts'
import type { Recording } from './recording.ts'

/** The recorded keys are tried more often, and in later years, than the shipped tiers allow. */
export const TIERS = JSON.stringify({
  pro: tier(['read:iocs', 'read:stix']),
  free: tier(['read:iocs']),
})

/** Oldest first. */
export function keptReleases(): string[] {
  const compare = new Intl.Collator('en', { numeric: true }).compare
  return readdirSync(import.meta.dirname, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
    .sort(compare)
}

/** Fills an empty data folder with a release's data, and gives what was recorded about it. */
export function restoreData(release: string, folder: string): Recording {
  execFileSync('tar', ['-xzf', join(import.meta.dirname, release, 'data.tar.gz'), '-C', folder])
  // As a server makes them.
  for (const path of [folder, join(folder, 'state')]) chmodSync(path, 0o700)
  const [pro, free, writer] = ['pro', 'free', 'writer'].map(tokenOf)
  writeJson(join(folder, 'secrets.json'), { KEY_SECRET, ADMIN_TOKEN })
  writeJson(join(folder, 'demo-keys.json'), { pro, free, writer })
  rejuvenate(folder)
  return JSON.parse(readFileSync(join(folder, 'recording.json'), 'utf8'))
}

/** Writes a release's Worker into a folder of its own. */
export function restoreWorker(release: string, folder: string): void {
  mkdirSync(folder, { recursive: true })
  const packed = readFileSync(join(import.meta.dirname, release, 'worker.js.gz'))
  writeFileSync(join(folder, 'index.js'), gunzipSync(packed))
}

/** A status is kept for two days, a line of the audit log for 400; all else stays as old as it is. */
function rejuvenate(folder: string): void {
  for (const file of globSync(join(folder, 'state/d1/*/*.sqlite'))) {
    if (file.endsWith('metadata.sqlite')) continue
    const database = new DatabaseSync(file)
    database.prepare('UPDATE statuses SET created_at_ms = ?').run(Date.now())
    database.prepare('UPDATE audit_log SET at_ms = ?').run(Date.now())
    database.close()
  }
}

function tier(scopes: string[]): object {
  return { unitsPerMinute: 1_000_000, unitsPerDay: 1_000_000_000, lookBackDays: 36_500, scopes }
}

function writeJson(path: string, value: object): void {
  writeFileSync(path, JSON.stringify(value), { mode: 0o600 })
}
