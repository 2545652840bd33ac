// How long until the first answer: of the Worker, whose modules the runtime evaluates before it
// takes a request, and of `npm start`, which builds it and makes its state.
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import type { Part, PartResult } from '../part.ts'
import { activeMilliseconds } from '../profile/cpu-profile.ts'
import { runWrangler } from '../profile/wrangler.ts'
import { spreadOf } from '../statistics.ts'

export const startUp: Part = {
  name: 'start-up',
  title: 'Start-up',
  measure,
}

const ROUNDS_MAX = 3

async function measure(bench: Bench): Promise<PartResult> {
  const rounds = Math.min(bench.plan.rounds, ROUNDS_MAX)
  const folder = bench.scratch('start-up')
  mkdirSync(folder, { recursive: true })
  const milliseconds = { modules: [] as number[], first: [] as number[], again: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    const profile = join(folder, `${round}.cpuprofile`)
    await runWrangler('check', 'startup', '--outfile', profile)
    milliseconds.modules.push(activeMilliseconds(JSON.parse(readFileSync(profile, 'utf8'))))
    milliseconds.first.push(await timeStart(bench, { reuse: false }))
    milliseconds.again.push(await timeStart(bench, { reuse: true }))
  }
  const figure = (what: string, values: number[]) => {
    return { what, unit: 'ms', spread: spreadOf(values) }
  }
  return {
    figures: [
      figure('Worker, its modules evaluated', milliseconds.modules),
      figure('npm start until ready, new state, without the sample', milliseconds.first),
      figure('npm start until ready, existing state', milliseconds.again),
    ],
    verdicts: [],
    remarks: ['`npm start` includes building the Worker and beginning the runtime.'],
  }
}

async function timeStart(bench: Bench, options: { reuse: boolean }): Promise<number> {
  const startedMs = performance.now()
  const server = await bench.startEdge('start-up', options)
  const tookMs = performance.now() - startedMs
  await server.stop()
  return tookMs
}
