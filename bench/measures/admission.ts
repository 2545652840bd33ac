// What a key costs: a request that is admitted and then has next to nothing to do, by one key and
// by many, against the least that a Worker with a Durable Object can do.
import type { Bench } from '../bench.ts'
import { admissionOnly, bareHi, bareObjectCall } from '../load/pages.ts'
import { figuresOf, inTurns, remarksOf } from '../load/rounds.ts'
import type { Part, PartResult } from '../part.ts'

export const admission: Part = {
  name: 'admission',
  title: 'Admission only',
  measure,
}

async function measure(bench: Bench): Promise<PartResult> {
  const { middle } = bench.plan.objects
  const { server, target } = await bench.edge(middle)
  const bare = await bench.bare(middle)
  const oneKey = server.target(target.name, 'bench', middle, await server.createKeys(1))
  const measured = await inTurns(
    [
      admissionOnly(oneKey, 'taxii-edge, API root, one key'),
      admissionOnly(target, 'taxii-edge, API root, 16 keys'),
      bareObjectCall(bare),
      bareHi(bare),
    ],
    bench.plan,
  )
  return {
    figures: figuresOf(measured, { latency: true }),
    verdicts: [],
    remarks: remarksOf(measured),
  }
}
