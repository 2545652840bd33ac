// A deployment, step by step. The order is the point: nothing is changed before all that can be
// checked was checked; databases are migrated before the Worker that needs it; the Worker that
// answers now goes on until the new one takes over. Every step leaves alone what is there, so that
// a run which was stopped can be repeated.
import { basename } from 'node:path'
import { CliFailure } from '../failure.ts'
import { RELEASE } from '../release.ts'
import type { Outcome } from './announce.ts'
import { type Configuration, readConfiguration, writeConfiguration } from './configuration.ts'
import { createDatabase } from './databases.ts'
import { type DeployFiles, deployFiles } from './files.ts'
import { inspect } from './inspect.ts'
import { checkLocally, renderFindings } from './local-checks.ts'
import { applyMigrations, bookmarkOf, restoreCommand } from './migrations.ts'
import type { DeployOptions } from './options.ts'
import { type Plan, type PlannedDatabase, renderPlan } from './plan.ts'
import { publish, rollbackWords } from './publish.ts'
import { READY_PATH, waitUntilReady } from './readiness.ts'
import { givenSecrets, makeSecrets, putSecrets } from './secrets.ts'
import { openWrangler, type Surroundings } from './surroundings.ts'
import type { Wrangler } from './wrangler.ts'

type Work = {
  options: DeployOptions
  surroundings: Surroundings
  files: DeployFiles
  configuration: Configuration
  wrangler: Wrangler
  /** Noted as it comes to be, so that a failure tells how far it came. */
  outcome: Outcome
}

/** Throws CliFailure at the step that fails. */
export async function deploy(
  options: DeployOptions,
  surroundings: Surroundings,
  outcome: Outcome,
): Promise<void> {
  const files = deployFiles(surroundings.projectRoot, options.env)
  const configuration = readConfiguration(files, options.env)
  const wrangler = openWrangler(surroundings, files.log)
  const work: Work = { options, surroundings, files, configuration, wrangler, outcome }
  outcome.worker = configuration.name
  await check(work)
  const { env } = surroundings.terminal
  const plan = await inspect(configuration, files, wrangler, { options, env })
  outcome.account_id = plan.account.id
  if (plan.before !== undefined) outcome.version_before = plan.before
  await confirm(work, plan)
  await prepareDatabases(work, plan)
  await setSecrets(work, plan)
  await publishAndWait(work, plan)
}

async function check(work: Work): Promise<void> {
  const { surroundings, files, configuration, wrangler } = work
  const { terminal } = surroundings
  terminal.report('Checking and building\n')
  const given = givenSecrets(terminal.env)
  const { findings } = await checkLocally(configuration, given, files, wrangler)
  const bad = findings.filter(({ isGood }) => !isGood)
  if (bad.length > 0) throw new CliFailure(`${renderFindings(bad)}Nothing was changed.`)
}

/** Asks where somebody can be asked. */
async function confirm({ options, surroundings }: Work, plan: Plan): Promise<void> {
  const { report, ask } = surroundings.terminal
  report(renderPlan(plan))
  if (options.yes || ask === undefined) return
  const answer = await ask('Go on? [y/N] ')
  if (!/^y(?:es)?$/i.test(answer.trim())) throw new CliFailure('Nothing was changed.')
}

async function prepareDatabases(work: Work, plan: Plan): Promise<void> {
  work.outcome.databases = []
  const ready = plan.databases.map(({ database }) => database)
  for (const [index, { database, pending }] of plan.databases.entries()) {
    const created = database.id === undefined
    const id = database.id ?? (await create(work, database))
    ready[index] = { ...database, id }
    writeConfiguration({ ...work.configuration, databases: ready }, plan.account.id, work.files)
    const restore = created ? undefined : await restorePoint(work, { database, pending })
    await migrate(work, { database, pending })
    const { binding, name } = database
    work.outcome.databases.push({
      ...{ binding, name, id, created, migrations_applied: pending },
      ...(restore !== undefined && { restore_command: restore }),
    })
  }
}

async function create(work: Work, database: PlannedDatabase['database']): Promise<string> {
  work.surroundings.terminal.report(`Creating the D1 database ${database.name}\n`)
  return await createDatabase(work.wrangler, work.files.made, database)
}

/** How to have the data as they were before the migrations, should that ever be wanted. */
async function restorePoint(
  { wrangler, files, surroundings }: Work,
  { database, pending }: PlannedDatabase,
): Promise<string | undefined> {
  if (pending.length === 0) return undefined
  const bookmark = await bookmarkOf(wrangler, files.made, database)
  if (bookmark === undefined) return undefined
  const command = restoreCommand(database, bookmark, files.made)
  surroundings.terminal.report(`The data of ${database.name} as they are now: ${command}\n`)
  return command
}

async function migrate(work: Work, { database, pending }: PlannedDatabase): Promise<void> {
  if (pending.length === 0) return
  work.surroundings.terminal.report(`Migrating ${database.name}: ${pending.join(', ')}\n`)
  await applyMigrations(work.wrangler, work.files.made, database)
}

async function setSecrets(work: Work, { secrets }: Plan): Promise<void> {
  const { surroundings, wrangler, files, outcome } = work
  outcome.secrets_set = []
  if (secrets.length === 0) return
  surroundings.terminal.report(`Setting ${secrets.join(' and ')}\n`)
  const given = givenSecrets(surroundings.terminal.env)
  const made = makeSecrets(secrets, given)
  // Noted first: whether it was set is not certain when the command fails.
  const { ADMIN_TOKEN } = made
  if (ADMIN_TOKEN !== undefined && given.ADMIN_TOKEN === undefined) {
    outcome.admin_token = ADMIN_TOKEN
  }
  await putSecrets(wrangler, files.made, made)
  outcome.secrets_set = secrets
}

async function publishAndWait(work: Work, { before }: Plan): Promise<void> {
  const { options, surroundings, wrangler, files, configuration, outcome } = work
  const { report } = surroundings.terminal
  report(`Deploying ${configuration.name}\n`)
  const message = `taxii-edge ${RELEASE}`
  const { versionId, origins } = await publish(wrangler, files.made, { message, before })
  outcome.version_id = versionId
  const handedOut = publicOrigin(configuration)
  const origin = origins[0] ?? handedOut
  if (origin === undefined) {
    throw new CliFailure(
      `The Worker is deployed, but it has no address: allow workers_dev, or name a custom domain as a route, in ${basename(files.own)}.`,
    )
  }
  outcome.url = origin
  outcome.public_origin = handedOut ?? origin
  report(`Waiting for ${origin}${READY_PATH}\n`)
  const readiness = await waitUntilReady({
    origin,
    versionId,
    waitMs: options.wait * 1_000,
    pollMs: surroundings.pollMs,
    fetch: surroundings.fetch,
    interruption: surroundings.interruption,
  })
  if (!readiness.isReady) throw new CliFailure(notReadyWords(work, readiness.found, before))
}

function notReadyWords({ options, files }: Work, found: string, before: string | undefined) {
  const config = basename(files.made)
  return [
    `The Worker is deployed, but was not ready after ${options.wait} s: ${found}`,
    `A new name may need some minutes more: the same command looks again. What the Worker logs: npx wrangler tail -c ${config}`,
    rollbackWords(before, files.made),
  ].join('\n')
}

function publicOrigin({ vars }: Configuration): string | undefined {
  const { PUBLIC_ORIGIN } = vars
  return typeof PUBLIC_ORIGIN === 'string' && PUBLIC_ORIGIN !== '' ? PUBLIC_ORIGIN : undefined
}
