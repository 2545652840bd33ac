// A program run to its end, with all that it says.
import { spawn } from 'node:child_process'

export type ProgramCall = {
  args: readonly string[]
  cwd: string
  env: Record<string, string | undefined>
  stdin: string
  /** Ends the program; the promise is then rejected. */
  interruption: AbortSignal
}

export type Said = {
  exitCode: number
  stdout: string
  /** Standard output and error as they came. */
  said: string
}

export type RunProgram = (call: ProgramCall) => Promise<Said>

/** `first` are arguments before those of each call. */
export function program(command: string, ...first: string[]): RunProgram {
  return async ({ args, cwd, env, stdin, interruption }) => {
    const child = spawn(command, [...first, ...args], {
      cwd,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      signal: interruption,
      killSignal: 'SIGTERM',
    })
    let stdout = ''
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      said += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    // It may end without having read all.
    child.stdin.on('error', () => {})
    child.stdin.end(stdin)
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => resolve(code ?? 1))
    })
    return { exitCode, stdout, said }
  }
}
