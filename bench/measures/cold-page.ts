// Pages that no cache has: key, limits, position, query and body, against the bare handler that
// only turns rows into a body.
import { Random } from '../../cli/sample-feed/random.ts'
import type { Bench } from '../bench.ts'
import { barePages, coldPages, requirePage } from '../load/pages.ts'
import { Positions } from '../load/positions.ts'
import { cpuRatioFigures, figuresOf, inTurns, remarksOf, throughputRatio } from '../load/rounds.ts'
import type { Part, PartResult } from '../part.ts'

export const coldPage: Part = {
  name: 'cold',
  title: 'Cold page of 1,000',
  measure,
}

const LIMIT = 1_000

async function measure(bench: Bench): Promise<PartResult> {
  const { middle } = bench.plan.objects
  const { target, positions } = await bench.edge(middle)
  const bare = await bench.bare(middle)
  const rows = new Positions(rowsBefore(middle - LIMIT), new Random(middle))
  const ours = coldPages(target, positions, { limit: LIMIT })
  const oursGzip = coldPages(target, positions, { limit: LIMIT, encoding: 'gzip' })
  const least = barePages(bare, rows, LIMIT)
  await requirePage(bench.reader, ours, { objects: LIMIT })
  await requirePage(bench.reader, oursGzip, { objects: LIMIT, encoding: 'gzip' })
  await requirePage(bench.reader, least, { objects: LIMIT })
  const measured = await inTurns([ours, least, oursGzip], bench.plan)
  const [a, b] = measured
  return {
    figures: [...figuresOf(measured, { latency: true }), ...(a && b ? cpuRatioFigures(a, b) : [])],
    verdicts: a && b ? [{ target: 'cold-page', spread: throughputRatio(a, b) }] : [],
    remarks: remarksOf(measured),
  }
}

function rowsBefore(last: number): number[] {
  return Array.from({ length: last }, (_, row) => row)
}
