// What every command has at hand: the server it speaks to and the way it answers. Made from the
// options that all commands share.
import type { Command } from 'commander'
import { refuseUsage } from '../failure.ts'
import type { Terminal } from '../terminal.ts'
import { AdminClient } from './admin-client.ts'

export type Session = {
  client: AdminClient
  terminal: Terminal
  isJson: boolean
}

const DEFAULT_URL = 'http://127.0.0.1:8787'

export function addSharedOptions(program: Command): Command {
  return program
    .option('--url <url>', `server to speak to (env: TAXII_EDGE_URL, default: ${DEFAULT_URL})`)
    .option(
      '--token <token>',
      'operator token; prefer TAXII_EDGE_TOKEN, since arguments show in process lists',
    )
    .option('--json', 'print JSON for programs')
}

/** Asks for the token on a terminal when neither option nor environment has one. */
export async function openSession(command: Command, terminal: Terminal): Promise<Session> {
  const options = command.optsWithGlobals<{ url?: string; token?: string; json?: boolean }>()
  const url = nonEmpty(options.url) ?? nonEmpty(terminal.env.TAXII_EDGE_URL) ?? DEFAULT_URL
  checkUrl(url)
  const token =
    nonEmpty(options.token) ??
    nonEmpty(terminal.env.TAXII_EDGE_TOKEN) ??
    nonEmpty(await terminal.ask?.('Operator token: ', { isHidden: true })) ??
    refuseUsage('No operator token: set TAXII_EDGE_TOKEN or give --token')
  checkHeaderValue('operator token', token)
  return { client: new AdminClient(url, token), terminal, isJson: options.json === true }
}

/** Fetch would refuse such a header with a message that quotes it. */
export function checkHeaderValue(name: string, text: string): void {
  if (!/^[\x21-\x7e]+$/.test(text)) refuseUsage(`The ${name} has characters that none can have`)
}

function checkUrl(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
    refuseUsage(`--url: ${url} is not an http or https URL`)
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  const trimmed = text?.trim()
  return trimmed === '' ? undefined : trimmed
}
