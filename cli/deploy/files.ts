// The files that a deployment reads and writes, all beside wrangler.toml.
import { join } from 'node:path'
import type { Environment } from './options.ts'

export type DeployFiles = {
  /** Of the project, the same for everybody. */
  base: string
  /** The deployer's own, over the project's; need not be there. */
  own: string
  /** What wrangler is given: made from both, and the ids that were found. */
  made: string
  /** What wrangler said. */
  log: string
}

export function deployFiles(root: string, environment: Environment): DeployFiles {
  return {
    base: join(root, 'wrangler.toml'),
    own: join(root, `deploy.${environment}.toml`),
    made: join(root, `wrangler.deploy.${environment}.jsonc`),
    log: join(root, `wrangler.deploy.${environment}.log`),
  }
}
