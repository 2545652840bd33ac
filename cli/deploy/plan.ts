// What a deployment is about to do, before it does any of it.
import { migrationsIn } from '../project/migration-files.ts'
import type { Account } from './account.ts'
import type { BoundDatabase } from './configuration.ts'
import type { Environment } from './options.ts'
import type { SecretName } from './secrets.ts'

export type PlannedDatabase = { database: BoundDatabase; pending: string[] }

export type Plan = {
  environment: Environment
  worker: string
  account: Account
  /** The Worker's version that answers now. */
  before: string | undefined
  databases: PlannedDatabase[]
  secrets: SecretName[]
}

export function renderPlan(plan: Plan): string {
  const { environment, worker, account, before, databases, secrets } = plan
  const lines = [
    `Deploying to ${environment}, account ${account.name ?? 'of this id:'} ${account.id}`,
    `  Worker ${worker}: ${before === undefined ? 'new' : `in place of version ${before}`}`,
    ...databases.map((each) => `  ${describeDatabase(each)}`),
    `  Secrets: ${secrets.length === 0 ? 'nothing to set' : `set ${secrets.join(' and ')}`}`,
  ]
  return `${lines.join('\n')}\n`
}

export function describeDatabase({ database, pending }: PlannedDatabase): string {
  const { binding, name, id } = database
  const state = id === undefined ? 'create it' : 'found'
  const toApply = pending.length === 0 ? 'no migration to apply' : `apply ${pending.join(', ')}`
  return `D1 ${binding} = ${name}: ${state}, ${toApply}`
}

/** As far as it can be known without asking Cloudflare. */
export function renderDryPlan(
  environment: Environment,
  worker: string,
  databases: readonly BoundDatabase[],
): string {
  const lines = [
    `A deployment to ${environment} would`,
    ...databases.flatMap((each) => [
      `  ${describeDryDatabase(each)}`,
      `  apply to it what it lacks of ${migrationsIn(each.migrationsFolder).join(', ')}`,
    ]),
    '  make KEY_SECRET and ADMIN_TOKEN, unless the Worker has them',
    `  deploy the Worker ${worker}, and wait for it to be ready`,
  ]
  return `${lines.join('\n')}\n`
}

function describeDryDatabase({ binding, name, id }: BoundDatabase): string {
  return id === undefined
    ? `create the D1 database ${name} (${binding}), unless there is one of this name`
    : `use the D1 database ${name} (${binding}), ${id}`
}
