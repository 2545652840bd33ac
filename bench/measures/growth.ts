// How the size of a collection shows in a page: one client, cold pages, from collections that
// differ only in how many objects they have, each in a server of its own.
import type { Bench } from '../bench.ts'
import { coldPages, requirePage } from '../load/pages.ts'
import { figuresOf, inTurns, latencyRatio } from '../load/rounds.ts'
import type { Part, PartResult } from '../part.ts'

export const growth: Part = {
  name: 'growth',
  title: 'Page latency against the size of the collection',
  measure,
}

const LIMIT = 1_000

async function measure(bench: Bench): Promise<PartResult> {
  const { fewest, middle, most } = bench.plan.objects
  const contenders = []
  for (const objects of [fewest, middle, most]) {
    const { target, positions } = await bench.edge(objects)
    const name = `${target.name}, ${objects.toLocaleString('en')} objects`
    contenders.push(coldPages({ ...target, name }, positions, { limit: LIMIT }))
  }
  for (const each of contenders) await requirePage(bench.reader, each, { objects: LIMIT })
  const measured = await inTurns(contenders, { ...bench.plan, connections: 1 })
  const [few, , many] = measured
  return {
    figures: figuresOf(measured, { latency: true }),
    verdicts: few && many ? [{ target: 'growth', spread: latencyRatio(many, few) }] : [],
    remarks: ['One connection; the ratio is of the median latencies of each round.'],
  }
}
