// Arguments in, exit status out: 0 deployed (or a dry run without findings), 1 failed, 2 not
// understood. What was made before a failure is told, since an operator token is shown only once.
import { CliFailure, EXIT_FAILED } from '../failure.ts'
import { announceJson, announceText, type Outcome, tokenText } from './announce.ts'
import { type DeployOptions, parseDeployOptions } from './options.ts'
import { rehearse } from './rehearse.ts'
import { deploy } from './steps.ts'
import type { Surroundings } from './surroundings.ts'

export async function runDeploy(args: string[], surroundings: Surroundings): Promise<number> {
  const parsed = parseDeployOptions(args, surroundings.terminal)
  if (!parsed.ok) return parsed.exitCode
  const { options } = parsed
  try {
    if (options.dryRun) await rehearse(options, surroundings)
    else await deployAndTell(options, surroundings)
    return 0
  } catch (error) {
    surroundings.terminal.report(`${problemOf(error, surroundings)}\n`)
    return error instanceof CliFailure ? error.exitCode : EXIT_FAILED
  }
}

async function deployAndTell(options: DeployOptions, surroundings: Surroundings): Promise<void> {
  const { print } = surroundings.terminal
  const outcome: Outcome = { environment: options.env }
  try {
    await deploy(options, surroundings, outcome)
    print(options.json ? announceJson(outcome, undefined) : announceText(outcome))
  } catch (error) {
    print(options.json ? announceJson(outcome, problemOf(error, surroundings)) : tokenText(outcome))
    throw error
  }
}

function problemOf(error: unknown, { interruption }: Surroundings): string {
  if (interruption.aborted) return 'Interrupted. The same command goes on where this one stopped.'
  if (error instanceof CliFailure) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
