// Starts the server as a process of its own, and knows what became of it.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRunning, type ProcessMark } from '../../../cli/start/processes.ts'

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
  /** The process of workerd, as the lock of the data folder names it. */
  runtime: ProcessMark
  /** All that was written to standard output and error so far. */
  said: () => { out: string; err: string }
  /** Sends a signal and waits for the end. */
  end: (signal: NodeJS.Signals) => Promise<Ended>
}

type StartOptions = { args?: string[]; env?: Record<string, string>; isByNpm?: boolean }

export type Ended = { exitCode: number | null; out: string; err: string }

const ENDING_MS = 5_000

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
  { args = [], env = {}, isByNpm = false }: StartOptions = {},
): Promise<RunningServer> {
  const all = ['--json', '--port', '0', '--data', data, ...args]
  const { child, said } = isByNpm
    ? launch('npm', ['start', '--', ...all], env)
    : launch(process.execPath, ['cli/start.ts', ...all], env)
  const ended = once(child, 'close')
  let line: string | undefined
  while (line === undefined) {
    if (child.exitCode !== null) throw new Error(`the server ended: ${said().err}`)
    line = said()
      .out.split('\n')
      .find((text) => text.startsWith('{') && text.endsWith('}'))
    await sleep(50)
  }
  const { runtime } = JSON.parse(readFileSync(join(data, 'lock.json'), 'utf8'))
  return {
    ready: JSON.parse(line),
    process: child,
    runtime,
    said,
    async end(signal) {
      child.kill(signal)
      const [exitCode] = await ended
      return { exitCode, ...said() }
    },
  }
}

export type RunningService = {
  url: string
  /** Every line of standard error so far, each an event. */
  events: () => Record<string, unknown>[]
  end: (signal: NodeJS.Signals) => Promise<Ended>
}

/** As systemd would: with `--service`, ready when an event says so. */
export async function startService(
  data: string,
  { args = [], env = {} }: StartOptions = {},
): Promise<RunningService> {
  const all = ['--service', '--port', '0', '--data', data, ...args]
  const { child, said } = launch(process.execPath, ['cli/start.ts', ...all], env)
  const ended = once(child, 'close')
  const events = () => {
    const whole = said().err.split('\n').slice(0, -1)
    return whole.map((line): Record<string, unknown> => JSON.parse(line))
  }
  let ready: Record<string, unknown> | undefined
  while (ready === undefined) {
    if (child.exitCode !== null) throw new Error(`the service ended: ${said().err}`)
    ready = events().find(({ event }) => event === 'ready')
    await sleep(50)
  }
  return {
    url: String(ready.url),
    events,
    async end(signal) {
      child.kill(signal)
      const [exitCode] = await ended
      return { exitCode, ...said() }
    },
  }
}

/** Waits a moment for a process to be gone. */
export async function isGone(runtime: ProcessMark): Promise<boolean> {
  const endMs = Date.now() + ENDING_MS
  while (isRunning(runtime) && Date.now() < endMs) await sleep(50)
  return !isRunning(runtime)
}

/** Waits a moment for nobody to answer there any more. */
export async function portIsClosed(url: string): Promise<boolean> {
  const endMs = Date.now() + ENDING_MS
  while (Date.now() < endMs) {
    try {
      await fetch(url, { signal: AbortSignal.timeout(1_000) })
    } catch {
      return true
    }
    await sleep(100)
  }
  return false
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  return port
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
