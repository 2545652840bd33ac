// The options of `npm run bench`.
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { EXIT_USAGE } from '../cli/failure.ts'
import { PARTS } from './parts.ts'

export type BenchOptions = {
  quick: boolean
  reuse: boolean
  json: boolean
  /** Names of parts; undefined = all. */
  only?: string[]
  /** Undefined = when it was a whole run. */
  write?: boolean
  /** Seconds to profile for, instead of measuring. */
  profile?: number
}

export type ParsedBench = { ok: true; options: BenchOptions } | { ok: false; exitCode: number }

const PROFILE_SECONDS = 10

const EXAMPLES = `
Parts: ${PARTS.map(({ name }) => name).join(', ')}

A whole run takes some twenty minutes and writes docs/benchmark.md. What it makes, some gigabytes,
is kept in .bench/ and .venv-bench/, both of which may be deleted.

Examples:
  $ npm run bench
  $ npm run bench -- --quick
  $ npm run bench -- --only cold,warm --reuse
  $ npm run bench -- --profile 5 --reuse`

export function parseBenchOptions(
  args: string[],
  output: { print: (text: string) => void; report: (text: string) => void },
): ParsedBench {
  const command = new Command('npm run bench --')
    .description('Measures the server against the bare runtime and against other servers.')
    .option('--quick', 'little data and short rounds: shows that everything works', false)
    .option('--only <parts>', 'measure only these, separated by commas', partNames)
    .option('--reuse', 'use the servers that an earlier run has loaded', false)
    .option('--write', 'write docs/benchmark.md also when it was not a whole run')
    .option('--no-write', 'do not write docs/benchmark.md')
    .option('--json', 'print JSON for programs', false)
    .option('--profile [seconds]', 'profile the Worker under load instead', seconds)
    .allowExcessArguments(false)
    .addHelpText('after', EXAMPLES)
    .configureOutput({ writeOut: output.print, writeErr: output.report })
    .exitOverride()
  try {
    command.parse(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return { ok: false, exitCode: error.exitCode === 0 ? 0 : EXIT_USAGE }
  }
  const given = command.opts<Omit<BenchOptions, 'profile'> & { profile?: number | true }>()
  const { profile, ...options } = given
  if (profile === undefined) return { ok: true, options }
  return {
    ok: true,
    options: { ...options, profile: profile === true ? PROFILE_SECONDS : profile },
  }
}

function partNames(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !PARTS.some((part) => part.name === name))
  if (unknown === undefined) return names
  throw new InvalidArgumentError(`There is no part ${unknown}.`)
}

function seconds(text: string): number {
  const value = Number(text)
  if (value >= 1 && value <= 300) return value
  throw new InvalidArgumentError('Give 1 to 300 seconds.')
}
