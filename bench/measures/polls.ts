// Pollers at the head of a collection, which find nothing new: what most requests of a feed are.
import type { Bench } from '../bench.ts'
import { headPoll, requirePage } from '../load/pages.ts'
import { figuresOf, inTurns, remarksOf } from '../load/rounds.ts'
import type { Part, PartResult } from '../part.ts'

export const polls: Part = {
  name: 'polls',
  title: 'Polls at the head by many keys',
  measure,
}

async function measure(bench: Bench): Promise<PartResult> {
  const { objects, pollingKeys } = bench.plan
  const { server, headMs } = await bench.edge(objects.middle)
  const keys = await server.createKeys(pollingKeys)
  const target = server.target('taxii-edge', 'bench', objects.middle, keys)
  const contender = headPoll(target, headMs, `taxii-edge, poll by ${pollingKeys} keys in turn`)
  await requirePage(bench.reader, contender, { objects: 0 })
  const measured = await inTurns([contender], bench.plan)
  return {
    figures: figuresOf(measured, { latency: true }),
    verdicts: [],
    remarks: remarksOf(measured),
  }
}
