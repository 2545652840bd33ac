// What can be known before anything is asked of Cloudflare: that the settings are good, that the
// Worker can be built and is small enough, and which migrations there are.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import {
  ConfigError,
  configOf,
  DATABASE_BINDING,
  SECRET_NAMES,
  settingNames,
} from '../../src/config/config.ts'
import { BUNDLE_GZIP_BYTES_MAX } from '../project/bundle-size.ts'
import { migrationsIn } from '../project/migration-files.ts'
import { type BoundDatabase, type Configuration, writeConfiguration } from './configuration.ts'
import type { DeployFiles } from './files.ts'
import type { Wrangler } from './wrangler.ts'

export type Finding = { check: string; isGood: boolean; found: string }

export type LocalChecks = { findings: Finding[]; bundleBytes: number | undefined }

/** `given` are secrets from the environment. */
export async function checkLocally(
  configuration: Configuration,
  given: Record<string, string>,
  files: DeployFiles,
  wrangler: Wrangler,
): Promise<LocalChecks> {
  const bundle = await checkBundle(configuration, files, wrangler)
  return {
    findings: [
      settingsFinding(configuration, given),
      databasesFinding(configuration),
      ...configuration.databases.map(migrationsFinding),
      bundle.finding,
    ],
    bundleBytes: bundle.bytes,
  }
}

export function renderFindings(findings: readonly Finding[]): string {
  return findings
    .map(({ check, isGood, found }) => `${isGood ? 'ok    ' : 'FAILED'}  ${check}: ${found}\n`)
    .join('')
}

function settingsFinding(
  { vars, databases }: Configuration,
  given: Record<string, string>,
): Finding {
  const known = settingNames()
  const problems = Object.keys(vars).flatMap((name) => {
    if (SECRET_NAMES.some((secret) => secret === name)) {
      return [`${name}: is a secret, which no configuration file may hold`]
    }
    return known.includes(name) ? [] : [`${name}: there is no such setting`]
  })
  try {
    const bound = Object.fromEntries(databases.map(({ binding }) => [binding, {}]))
    configOf({ ...bound, ...vars, KEY_SECRET: 'made while deploying, or there already', ...given })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    problems.push(error.message)
  }
  const found = problems.length === 0 ? `${Object.keys(vars).length} set` : problems.join('; ')
  return { check: 'settings', isGood: problems.length === 0, found }
}

/** Of the home database. The Worker would never use a binding that is not named by its rule. */
const HOME = 'DB'

function databasesFinding({ databases }: Configuration): Finding {
  const check = 'databases'
  const names = databases.map(({ name }) => name)
  const bindings = databases.map(({ binding }) => binding)
  const problems = [
    ...(bindings.includes(HOME) ? [] : [`${HOME} is not bound`]),
    ...bindings
      .filter((each) => !DATABASE_BINDING.test(each))
      .map((each) => `the binding ${each} is neither ${HOME} nor DB_ with capitals and digits`),
    ...names
      .filter((name, index) => names.indexOf(name) !== index)
      .map((name) => `two bindings name ${name}`),
  ]
  const found = problems.length === 0 ? names.join(', ') : problems.join('; ')
  return { check, isGood: problems.length === 0, found }
}

function migrationsFinding(database: BoundDatabase): Finding {
  const check = `migrations of ${database.binding}`
  const names = migrationsIn(database.migrationsFolder)
  if (names.length === 0) {
    return { check, isGood: false, found: `none in ${database.migrationsFolder}` }
  }
  return { check, isGood: true, found: names.join(', ') }
}

/** Builds as a deployment would, in a folder that goes again. */
async function checkBundle(
  configuration: Configuration,
  files: DeployFiles,
  wrangler: Wrangler,
): Promise<{ finding: Finding; bytes: number | undefined }> {
  const check = 'bundle'
  const folder = mkdtempSync(join(tmpdir(), 'taxii-edge-bundle-'))
  try {
    const made = join(folder, 'wrangler.jsonc')
    writeConfiguration(configuration, undefined, files, made)
    const out = join(folder, 'out')
    const args = ['deploy', '--dry-run', '--outdir', out, '--config', made]
    const ran = await wrangler.run(args)
    if (ran.exitCode !== 0) {
      const found = wrangler.failure('build the Worker', ran).message
      return { finding: { check, isGood: false, found }, bytes: undefined }
    }
    const bytes = gzipSync(readFileSync(join(out, 'index.js'))).byteLength
    const found = `${bytes} bytes gzipped, ${BUNDLE_GZIP_BYTES_MAX} allowed`
    return { finding: { check, isGood: bytes <= BUNDLE_GZIP_BYTES_MAX, found }, bytes }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
