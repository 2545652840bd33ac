// The same pages from other TAXII servers. They have no cache: a page costs them the same however
// often it is asked for, so their one figure stands against our cold and our warm one.
import { Random } from '../../cli/sample-feed/random.ts'
import type { Bench, LoadedEdge } from '../bench.ts'
import { bareObjectCall, barePages, coldPages, requirePage, warmPage } from '../load/pages.ts'
import { Positions, readPageDates, spreadOver } from '../load/positions.ts'
import {
  cpuRatioFigures,
  figuresOf,
  inTurns,
  type Measured,
  remarksOf,
  throughputRatio,
} from '../load/rounds.ts'
import type { Figure, Part, PartResult } from '../part.ts'
import type { TaxiiTarget } from '../servers/taxii-target.ts'
import { spreadOf } from '../statistics.ts'
import type { TargetId, Verdict } from '../targets.ts'
import { timePage } from './time-page.ts'

export const peers: Part = {
  name: 'peers',
  title: 'Pages against other servers',
  measure,
}

const POSITIONS = 20_000
const HOW_ASKED =
  'OpenTAXII runs with query statistics and two later repairs, and is asked without credentials and for all versions: what costs it least (`bench/servers/opentaxii.ts`).'
const WHAT_BOUNDS =
  'The bare handler and the lone call of a Durable Object are what the local runtime gives at most: OpenTAXII answers from two processes, the runtime from one thread, and each query goes through its stand-in for D1.'
const TARGETS = {
  1000: { cold: 'peer-1000-cold', warm: 'peer-1000-warm' },
  100: { cold: 'peer-100-cold', warm: 'peer-100-warm' },
} as const satisfies Record<number, Record<string, TargetId>>

async function measure(bench: Bench): Promise<PartResult> {
  const { middle } = bench.plan.objects
  const peer = await bench.openTaxii(middle)
  if ('absent' in peer) {
    const missing = peer.absent
    const targets = Object.values(TARGETS).flatMap(({ cold, warm }) => [cold, warm])
    const verdicts = targets.map((target) => ({ target, missing }))
    return { figures: [], verdicts, remarks: [] }
  }
  const pages = await readPageDates(bench.reader, peer.target)
  const places = new Positions(spreadOver(pages, POSITIONS), new Random(middle))
  const ours = await bench.edge(middle)
  const results = [
    await against(bench, { ours, theirs: peer.target, places, limit: 1000 }),
    await against(bench, { ours, theirs: peer.target, places, limit: 100 }),
    await againstMedallion(bench),
  ]
  return {
    figures: results.flatMap(({ figures }) => figures),
    verdicts: results.flatMap(({ verdicts }) => verdicts),
    remarks: [HOW_ASKED, WHAT_BOUNDS, ...results.flatMap(({ remarks }) => remarks)],
  }
}

type Comparison = {
  ours: LoadedEdge
  theirs: TaxiiTarget
  places: Positions
  limit: keyof typeof TARGETS
}

async function against(
  bench: Bench,
  { ours, theirs, places, limit }: Comparison,
): Promise<PartResult> {
  const cold = coldPages(ours.target, ours.positions, { limit })
  const warm = warmPage(ours.target, { limit })
  const peer = coldPages(theirs, places, { limit })
  await requirePage(bench.reader, cold, { objects: limit })
  await requirePage(bench.reader, warm, { objects: limit, encoding: 'gzip' })
  await requirePage(bench.reader, peer, { objects: limit })
  const bare = await bench.bare(bench.plan.objects.middle)
  const rows = Array.from({ length: bare.rows - limit }, (_, row) => row)
  // What no server on this runtime can exceed, with these pages and with exact counting of keys.
  const bounds = [
    barePages(bare, new Positions(rows, new Random(limit)), limit),
    bareObjectCall(bare),
  ]
  const measured = await inTurns([cold, peer, warm, ...bounds], bench.plan)
  const [a, b, c, ...limits] = measured
  const verdicts: Verdict[] =
    a && b && c
      ? [
          { target: TARGETS[limit].cold, spread: throughputRatio(a, b) },
          { target: TARGETS[limit].warm, spread: throughputRatio(c, b) },
        ]
      : []
  const costs = a && b ? cpuRatioFigures(a, b) : []
  const ratios = limits.flatMap((limit) => (b ? [boundFigure(limit, b)] : []))
  const figures = [...figuresOf(measured), ...costs, ...ratios]
  return { figures, verdicts, remarks: remarksOf(measured) }
}

function boundFigure(bound: Measured, peer: Measured): Figure {
  const what = `throughput: ${bound.name} / ${peer.name}`
  return { what, unit: 'ratio', spread: throughputRatio(bound, peer) }
}

/** Its cost grows with the square of the collection, so the collection is a small one. */
async function againstMedallion(bench: Bench): Promise<PartResult> {
  const { medallionObjects: objects, rounds } = bench.plan
  const peer = await bench.medallion(objects)
  if ('absent' in peer) return { figures: [], verdicts: [], remarks: [peer.absent] }
  const { target } = await bench.edge(objects)
  const milliseconds = { theirs: [] as number[], ours: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    milliseconds.theirs.push(await timePage(bench.reader, peer.target, objects))
    milliseconds.ours.push(await timePage(bench.reader, target, objects))
  }
  const title = (name: string) => `${name}, one page of all ${objects} objects, one client`
  const figures: Figure[] = [
    { what: title(peer.target.name), unit: 'ms', spread: spreadOf(milliseconds.theirs) },
    { what: title(target.name), unit: 'ms', spread: spreadOf(milliseconds.ours) },
    {
      what: `${peer.target.name}, load of ${objects} objects`,
      unit: 'objects/s',
      spread: spreadOf([peer.objectsPerSecond]),
    },
  ]
  return { figures, verdicts: [], remarks: [] }
}
