// Starts the server as a process of its own, and knows what became of it.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findProcesses } from '../../../cli/start/processes.ts'

export const PROJECT_ROOT = join(import.meta.dirname, '../../..')

export type Ready = {
  url: string
  discovery: string
  adminToken: string
  keys: { pro: string; free: string; writer: string }
  collections: { id: string; alias: string; title: string }[]
}

export type RunningServer = {
  ready: Ready
  process: ChildProcess
  /** All that was written to standard output and error so far. */
  said: () => { out: string; err: string }
  /** Sends a signal and waits for the end. */
  end: (signal: NodeJS.Signals) => Promise<Ended>
}

export type Ended = { exitCode: number | null; out: string; err: string }

const WORKERD_GONE_MS = 5_000

export function makeDataFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'taxii-edge-smoke-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Runs until it ends by itself. */
export async function runStart(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const { child, said } = launch(process.execPath, ['cli/start.ts', ...args], env)
  const [exitCode] = await once(child, 'close')
  return { exitCode, ...said() }
}

/** Runs until it is ready; throws what it said when it ends instead. */
export async function startServer(
  data: string,
  args: string[] = [],
  options: { env?: Record<string, string>; isByNpm?: boolean } = {},
): Promise<RunningServer> {
  const all = ['--json', '--port', '0', '--data', data, ...args]
  const { child, said } = options.isByNpm
    ? launch('npm', ['start', '--', ...all], options.env)
    : launch(process.execPath, ['cli/start.ts', ...all], options.env)
  const ended = once(child, 'close')
  let line: string | undefined
  while (line === undefined) {
    if (child.exitCode !== null) throw new Error(`the server ended: ${said().err}`)
    line = said()
      .out.split('\n')
      .find((text) => text.startsWith('{') && text.endsWith('}'))
    await sleep(50)
  }
  return {
    ready: JSON.parse(line),
    process: child,
    said,
    async end(signal) {
      child.kill(signal)
      const [exitCode] = await ended
      return { exitCode, ...said() }
    },
  }
}

/** Processes of the runtime that serve this URL; waits a moment for them to be gone. */
export async function lingeringRuntimes(url: string): Promise<number[]> {
  const words = ['workerd', `:${new URL(url).port} `]
  const endMs = Date.now() + WORKERD_GONE_MS
  let found = findProcesses(words)
  while (found.length > 0 && Date.now() < endMs) {
    await sleep(100)
    found = findProcesses(words)
  }
  return found
}

/** The port of a running server, for which the runtime was started with `--port 0`. */
export async function portIsClosed(url: string): Promise<boolean> {
  const endMs = Date.now() + WORKERD_GONE_MS
  while (Date.now() < endMs) {
    try {
      await fetch(url)
    } catch {
      return true
    }
    await sleep(100)
  }
  return false
}

export async function runCommand(
  program: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  return await new Promise((resolve) => {
    const options = { cwd: PROJECT_ROOT, env: { ...process.env, ...env }, maxBuffer: 1e9 }
    execFile(program, args, options, (error, out, err) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code), out, err })
    })
  })
}

function launch(program: string, args: string[], env: Record<string, string> = {}) {
  const child = spawn(program, args, {
    cwd: PROJECT_ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  return { child, said: () => ({ out, err }) }
}
