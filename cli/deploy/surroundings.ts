// What a deployment works with and tests replace: terminal, wrangler, the network, the project.
import type { Terminal } from '../terminal.ts'
import type { RunProgram } from './run-program.ts'
import { Wrangler } from './wrangler.ts'

export type Surroundings = {
  terminal: Terminal
  projectRoot: string
  wrangler: RunProgram
  /** Ends what is under way. */
  interruption: AbortSignal
  fetch: typeof fetch
  /** Between two looks whether the Worker is ready. */
  pollMs: number
}

export function openWrangler(surroundings: Surroundings, logFile: string | undefined): Wrangler {
  return new Wrangler({
    program: surroundings.wrangler,
    cwd: surroundings.projectRoot,
    env: surroundings.terminal.env,
    interruption: surroundings.interruption,
    logFile,
  })
}
