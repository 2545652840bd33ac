// Pages that were made before, compressed, each still behind a key that is checked and counted.
import type { Bench } from '../bench.ts'
import { bareHi, bareObjectCall, requirePage, warmPage } from '../load/pages.ts'
import { cpuRatioFigures, figuresOf, inTurns, remarksOf, throughputRatio } from '../load/rounds.ts'
import type { Part, PartResult } from '../part.ts'

export const warmPagePart: Part = {
  name: 'warm',
  title: 'Warm pages, gzip',
  measure,
}

async function measure(bench: Bench): Promise<PartResult> {
  const { middle } = bench.plan.objects
  const { target } = await bench.edge(middle)
  const bare = await bench.bare(middle)
  const large = warmPage(target, { limit: 1_000 })
  const small = warmPage(target, { limit: 100 })
  await requirePage(bench.reader, large, { objects: 1_000, encoding: 'gzip' })
  await requirePage(bench.reader, small, { objects: 100, encoding: 'gzip' })
  const contenders = [large, bareHi(bare), small, bareObjectCall(bare)]
  const measured = await inTurns(contenders, bench.plan)
  const [a, b] = measured
  return {
    figures: [...figuresOf(measured, { latency: true }), ...(a && b ? cpuRatioFigures(a, b) : [])],
    verdicts: a && b ? [{ target: 'warm-page', spread: throughputRatio(a, b) }] : [],
    remarks: remarksOf(measured),
  }
}
