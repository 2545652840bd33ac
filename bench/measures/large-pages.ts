// Memory: a hundred clients at once, each asking for a page of a thousand objects of 100 kB. Pages
// are bounded in bytes, and so is what an isolate holds while it makes them.
import { join } from 'node:path'
import { Random } from '../../cli/sample-feed/random.ts'
import type { Bench } from '../bench.ts'
import { requireLargeObjects } from '../data/large-objects.ts'
import { fire } from '../load/cannon.ts'
import { watchMemory } from '../load/memory.ts'
import { coldPages, type Encoding } from '../load/pages.ts'
import { Positions, readPageDates, spreadOver } from '../load/positions.ts'
import { memoryBytes } from '../load/processes.ts'
import type { Figure, Part, PartResult } from '../part.ts'
import { startInspected, WORKER_NAME } from '../profile/inspected-worker.ts'
import { Inspector } from '../profile/inspector.ts'
import { dataFolderOf } from '../servers/edge.ts'
import { spreadOf } from '../statistics.ts'

const COLLECTION = 'reports'
const OBJECTS = 1_000
/** Of the 128 MB at which Cloudflare ends an isolate, what the finished pages leave. */
const HEAP_MEGABYTES = 128 - 32
const CONNECTIONS = 100
const HEAP_INTERVAL_MS = 20

export const largePages: Part = {
  name: 'memory',
  title: 'Memory: 100 clients at once, pages of 1,000 objects of 100 kB',
  measure,
}

async function measure(bench: Bench): Promise<PartResult> {
  const server = await bench.startEdge('large-objects')
  await server.createCollection(COLLECTION)
  await server.import(requireLargeObjects(bench.scratch('reports'), OBJECTS), COLLECTION)
  const target = server.target('taxii-edge', COLLECTION, OBJECTS, await server.createKeys(1))
  const pages = await readPageDates(bench.reader, target)
  const positions = new Positions(spreadOver(pages, OBJECTS), new Random(1))
  await server.stop()
  const bundle = join(bench.scratch('large-pages'), 'worker')
  const worker = await startInspected(dataFolderOf(server.folder), bundle, {
    heapMegabytes: HEAP_MEGABYTES,
  })
  const inspector = await Inspector.connect(worker.inspectorHost, WORKER_NAME)
  const asked = { ...target, url: worker.url, pid: process.pid }
  const figures: Figure[] = []
  const peaks: number[] = []
  try {
    for (const encoding of ['identity', 'gzip'] as const) {
      const measured = await load(
        bench,
        inspector,
        coldPages(asked, positions, { limit: 1_000, encoding }),
      )
      peaks.push(measured.heapPeakBytes)
      figures.push(...figuresOf(encoding, measured))
    }
  } finally {
    inspector.close()
    await worker.stop()
  }
  return {
    figures,
    verdicts: [{ target: 'isolate-memory', spread: spreadOf([Math.max(...peaks)]) }],
    remarks: [
      "The V8 heap of each isolate was bounded to 96 MB, what is left of 128 beside 32 MB of finished pages: with more, the runtime would have ended. The isolate's memory is that heap, garbage included, with array buffers, as the inspector tells it every 20 ms. The whole runtime holds the database and the load's sockets as well.",
    ],
  }
}

type Measured = {
  heapPeakBytes: number
  runtimePeakBytes: number
  pagesPerSecond: number
  bytes: number
}

async function load(
  bench: Bench,
  inspector: Inspector,
  contender: ReturnType<typeof coldPages>,
): Promise<Measured> {
  const heap: number[] = []
  const runtime = watchMemory(() => memoryBytes(process.pid, /workerd/))
  const timer = setInterval(() => {
    inspector.heapBytes().then(
      (bytes) => heap.push(bytes),
      () => undefined,
    )
  }, HEAP_INTERVAL_MS)
  try {
    const seconds = bench.plan.isQuick ? 10 : 30
    const burst = await fire(contender, { seconds, connections: CONNECTIONS })
    return {
      heapPeakBytes: Math.max(...heap),
      runtimePeakBytes: runtime.stop()?.peakBytes ?? 0,
      pagesPerSecond: burst.requestsPerSecond,
      bytes: burst.bytesPerRequest,
    }
  } finally {
    clearInterval(timer)
  }
}

function figuresOf(encoding: Encoding, measured: Measured): Figure[] {
  const of = (what: string, unit: string, value: number): Figure => ({
    what: `${encoding}: ${what}`,
    unit,
    spread: spreadOf([value]),
  })
  return [
    of("peak of the isolate's memory", 'bytes', measured.heapPeakBytes),
    of('peak of the whole runtime', 'bytes', measured.runtimePeakBytes),
    of('pages', 'requests/s', measured.pagesPerSecond),
    of('size of an answer', 'bytes', measured.bytes),
  ]
}
