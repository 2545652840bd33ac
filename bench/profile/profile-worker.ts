// `--profile`: where the Worker's time goes, under load of pages that no cache has, then of one page
// that is always cached.
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { type Contender, fire } from '../load/cannon.ts'
import { coldPages, warmPage } from '../load/pages.ts'
import { renderNumber, renderTable } from '../report/markdown.ts'
import { dataFolderOf } from '../servers/edge.ts'
import { type CallFrame, selfTimes } from './cpu-profile.ts'
import { BUNDLE, type InspectedWorker, startInspected, WORKER_NAME } from './inspected-worker.ts'
import { Inspector } from './inspector.ts'

const FUNCTIONS_SHOWN = 25
const LIMIT = 1_000

/** Tables of the dearest functions, as text. */
export async function profileWorker(bench: Bench, seconds: number): Promise<string> {
  const edge = await bench.edge(bench.plan.objects.middle)
  await edge.server.stop()
  const dataFolder = dataFolderOf(edge.server.folder)
  const worker = await startInspected(dataFolder, join(bench.scratch('profile'), 'worker'))
  const inspector = await Inspector.connect(worker.inspectorHost, WORKER_NAME)
  try {
    const target = { ...edge.target, url: worker.url, pid: process.pid }
    const loads = [
      coldPages(target, edge.positions, { limit: LIMIT }),
      coldPages(target, edge.positions, { limit: LIMIT, encoding: 'gzip' }),
      warmPage(target, { limit: LIMIT }),
    ]
    const texts: string[] = []
    for (const load of loads) {
      bench.say(`Profiling: ${load.name}`)
      texts.push(await profileLoad({ inspector, worker, bench, load, seconds }))
    }
    return `${texts.join('\n\n')}\n`
  } finally {
    inspector.close()
    await worker.stop()
  }
}

type Profiled = {
  inspector: Inspector
  worker: InspectedWorker
  bench: Bench
  load: Contender
  seconds: number
}

async function profileLoad({ inspector, worker, bench, load, seconds }: Profiled): Promise<string> {
  const { connections, warmUpSeconds } = bench.plan
  await fire(load, { seconds: warmUpSeconds, connections })
  const profile = await inspector.profile(() => fire(load, { seconds, connections }))
  const times = selfTimes(profile)
  const total = times.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  const rows = times
    .slice(0, FUNCTIONS_SHOWN)
    .map(({ callFrame, milliseconds }) => [
      callFrame.functionName || '(anonymous)',
      sourceOf(worker, callFrame),
      renderNumber(milliseconds),
      `${renderNumber((milliseconds * 100) / total)} %`,
    ])
  return `${load.name}\n\n${renderTable(['Function', 'Source', 'ms', 'Share'], rows)}`
}

/** Functions of the runtime itself have names of their own in place of a file. */
function sourceOf(worker: InspectedWorker, { url, lineNumber }: CallFrame): string {
  return url.endsWith(BUNDLE) ? worker.sourceOf(lineNumber).replace(/^.*node_modules\//, '') : url
}
