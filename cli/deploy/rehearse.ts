// The dry run: everything that needs no account and no network, and what a deployment would do.
import { CliFailure } from '../failure.ts'
import { readConfiguration, readMade } from './configuration.ts'
import { deployFiles } from './files.ts'
import { checkLocally, renderFindings } from './local-checks.ts'
import type { DeployOptions } from './options.ts'
import { renderDryPlan } from './plan.ts'
import { givenSecrets } from './secrets.ts'
import { openWrangler, type Surroundings } from './surroundings.ts'

/** Throws CliFailure when a check fails, after all were made and told. */
export async function rehearse(
  { env: environment, json: isJson }: DeployOptions,
  surroundings: Surroundings,
): Promise<void> {
  const { terminal, projectRoot } = surroundings
  const files = deployFiles(projectRoot, environment)
  const configuration = readConfiguration(files, environment)
  const { ids } = readMade(files)
  const wrangler = openWrangler(surroundings, undefined)
  const given = givenSecrets(terminal.env)
  const { findings, bundleBytes } = await checkLocally(configuration, given, files, wrangler)
  const databases = configuration.databases.map((each) => ({
    ...each,
    id: each.id ?? ids.get(each.binding),
  }))
  const bad = findings.filter(({ isGood }) => !isGood).length
  if (isJson) {
    const line = {
      ok: bad === 0,
      dry_run: true,
      environment,
      worker: configuration.name,
      bundle_gzip_bytes: bundleBytes,
      findings,
      databases: databases.map(({ binding, name, id = null }) => ({ binding, name, id })),
    }
    terminal.print(`${JSON.stringify(line)}\n`)
  } else {
    terminal.print(renderFindings(findings))
    terminal.print(`\n${renderDryPlan(environment, configuration.name, databases)}`)
  }
  if (bad > 0) throw new CliFailure(`${bad} of ${findings.length} checks failed`)
}
