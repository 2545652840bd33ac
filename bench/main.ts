// `npm run bench`: measures the parts, prints the report, keeps it.
import { join } from 'node:path'
import { EXIT_FAILED } from '../cli/failure.ts'
import { Shutdown } from '../cli/shutdown.ts'
import { Bench } from './bench.ts'
import { type BenchOptions, parseBenchOptions } from './options.ts'
import type { Part } from './part.ts'
import { PARTS } from './parts.ts'
import { planOf } from './plan.ts'
import { profileWorker } from './profile/profile-worker.ts'
import { writeSection } from './report/document.ts'
import { describeMachine } from './report/machine.ts'
import { renderRun } from './report/markdown.ts'
import type { FailedPart, MeasuredPart, Run } from './report/run.ts'
import { TARGETS } from './targets.ts'

const ROOT = join(import.meta.dirname, '..')
const FOLDER = join(ROOT, '.bench')
const DOCUMENT = join(ROOT, 'docs/benchmark.md')

const print = (text: string) => void process.stdout.write(text)
const report = (text: string) => void process.stderr.write(text)

const parsed = parseBenchOptions(process.argv.slice(2), { print, report })
if (parsed.ok) await runToEnd(parsed.options)
else process.exitCode = parsed.exitCode

async function runToEnd(options: BenchOptions): Promise<void> {
  const shutdown = new Shutdown(report)
  const plan = planOf({ isQuick: options.quick, reuse: options.reuse })
  const bench = new Bench(plan, FOLDER, (line) => report(`${line}\n`))
  shutdown.add(() => bench.stop())
  try {
    if (options.profile !== undefined) {
      print(await profileWorker(bench, options.profile))
      return await shutdown.run(0)
    }
    const run = await measureAll(bench, options)
    print(
      options.json ? `${JSON.stringify({ ...run, targets: TARGETS })}\n` : `${renderRun(run)}\n`,
    )
    const isWhole = !options.quick && options.only === undefined
    if (options.write ?? isWhole) writeSection(DOCUMENT, renderRun(run))
    await shutdown.run(run.parts.some((part) => 'problem' in part) ? EXIT_FAILED : 0)
  } catch (error) {
    if (shutdown.hasBegun) return
    report(`${describe(error)}\n`)
    await shutdown.run(EXIT_FAILED)
  }
}

async function measureAll(bench: Bench, { only }: BenchOptions): Promise<Run> {
  const machine = describeMachine()
  const begunAt = new Date().toISOString()
  const startedMs = performance.now()
  const parts: Run['parts'] = []
  for (const part of PARTS) {
    if (only !== undefined && !only.includes(part.name)) continue
    report(`${part.title}\n`)
    parts.push(await measurePart(bench, part))
  }
  const tookSeconds = (performance.now() - startedMs) / 1000
  return { begunAt, tookSeconds, plan: bench.plan, machine, parts }
}

/** A part that fails does not take the others with it. */
async function measurePart(bench: Bench, part: Part): Promise<MeasuredPart | FailedPart> {
  const { name, title } = part
  try {
    return { name, title, result: await part.measure(bench) }
  } catch (error) {
    report(`${describe(error)}\n`)
    const [problem = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    return { name, title, problem }
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
