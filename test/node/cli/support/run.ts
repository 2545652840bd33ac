// Runs a command in this process, on a terminal that keeps what it is told.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { onTestFinished } from 'vitest'
import { runCli } from '../../../../cli/operator/command-line.ts'
import type { Terminal } from '../../../../cli/terminal.ts'
import { type Answerer, type FakeServer, startFakeServer } from './fake-server.ts'

export type Ran = { exitCode: number; out: string; err: string }

export type RunOptions = {
  url?: string
  env?: Record<string, string>
  stdin?: Readable
  /** Lines that a person would type. */
  answers?: string[]
}

export const TOKEN = 'operator-token-of-a-test-that-is-long-enough'

export async function run(args: string[], options: RunOptions = {}): Promise<Ran> {
  const ran: Ran = { exitCode: 0, out: '', err: '' }
  const answers = [...(options.answers ?? [])]
  const terminal: Terminal = {
    env: {
      TAXII_EDGE_TOKEN: TOKEN,
      ...(options.url !== undefined && { TAXII_EDGE_URL: options.url }),
      ...options.env,
    },
    stdin: options.stdin ?? Readable.from([]),
    print: (text) => {
      ran.out += text
    },
    report: (text) => {
      ran.err += text
    },
    ...(options.answers !== undefined && { ask: async () => answers.shift() ?? '' }),
  }
  ran.exitCode = await runCli(args, terminal)
  return ran
}

/** A server that ends with the test. */
export async function fakeServer(answer?: Answerer): Promise<FakeServer> {
  const server = await startFakeServer(answer)
  onTestFinished(() => server.close())
  return server
}

/** A folder that ends with the test; `state` is where checkpoints go. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'taxii-edge-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
