// A new client reads everything there is: ours cold and warm and the fastest peer in turns, then
// our largest collection once, in which not one object may be missing or come twice.
import type { Bench } from '../bench.ts'
import { type WalkReport, walk } from '../load/walk.ts'
import type { Figure, Part, PartResult } from '../part.ts'
import type { TaxiiTarget } from '../servers/taxii-target.ts'
import { pairedRatios, spreadOf } from '../statistics.ts'
import type { Verdict } from '../targets.ts'

export const walkCollection: Part = {
  name: 'walk',
  title: 'Walk of a whole collection by one client',
  measure,
}

const LIMIT = 1_000

async function measure(bench: Bench): Promise<PartResult> {
  const compared = await compare(bench)
  const { most } = bench.plan.objects
  const { target } = await bench.edge(most)
  bench.say(`Walking ${most} objects`)
  const report = await walk(bench.reader, target, { limit: LIMIT, encoding: 'identity' })
  const whole: Figure = {
    what: `${target.name}, ${most.toLocaleString('en')} objects, cold`,
    unit: 'objects/s',
    spread: spreadOf([rateOf(report)]),
  }
  const share = report.objects === report.once ? report.once / most : 0
  return {
    figures: [...compared.figures, whole],
    verdicts: [...compared.verdicts, { target: 'walk-whole', spread: spreadOf([share]) }],
    remarks: [
      `The largest walk: ${report.objects} objects on ${report.pages} pages, ${report.once} of them exactly once.`,
      'Timed are requests, bodies and unpacking, not the reading of their contents.',
    ],
  }
}

/** A cold walk asks for pages that nobody asked for before: each round has its own limit. */
async function compare(bench: Bench): Promise<Pick<PartResult, 'figures' | 'verdicts'>> {
  const { objects, rounds } = bench.plan
  const { target } = await bench.edge(objects.middle)
  const peer = await bench.openTaxii(objects.middle)
  const rates: Record<'cold' | 'warm' | 'peer' | 'packed', number[]> = {
    cold: [],
    warm: [],
    peer: [],
    packed: [],
  }
  await walk(bench.reader, target, { limit: LIMIT, encoding: 'gzip' })
  for (let round = 0; round < rounds; round++) {
    const unasked = { limit: LIMIT - 1 - round, encoding: 'identity' } as const
    rates.cold.push(rateOf(await wholeWalk(bench, target, unasked)))
    if ('target' in peer) {
      const plain = { limit: LIMIT, encoding: 'identity' } as const
      rates.peer.push(rateOf(await wholeWalk(bench, peer.target, plain)))
    }
    const warm = await wholeWalk(bench, target, { limit: LIMIT, encoding: 'gzip' })
    rates.warm.push(rateOf(warm))
    rates.packed.push(warm.objects / warm.receivingSeconds)
  }
  const figure = (what: string, values: number[]): Figure[] =>
    values.length === 0 ? [] : [{ what, unit: 'objects/s', spread: spreadOf(values) }]
  const size = objects.middle.toLocaleString('en')
  const ratio = (values: number[], id: 'walk-cold' | 'walk-warm'): Verdict =>
    'absent' in peer
      ? { target: id, missing: peer.absent }
      : { target: id, spread: spreadOf(pairedRatios(values, rates.peer)) }
  return {
    figures: [
      ...figure(`${target.name}, ${size} objects, cold`, rates.cold),
      ...figure(`${target.name}, ${size} objects, warm, gzip`, rates.warm),
      ...figure(`${target.name}, the same without unpacking`, rates.packed),
      ...('target' in peer ? figure(`${peer.target.name}, ${size} objects`, rates.peer) : []),
    ],
    verdicts: [ratio(rates.cold, 'walk-cold'), ratio(rates.warm, 'walk-warm')],
  }
}

/** Throws when the walk was not a whole one. */
async function wholeWalk(
  bench: Bench,
  target: TaxiiTarget,
  options: Parameters<typeof walk>[2],
): Promise<WalkReport> {
  const report = await walk(bench.reader, target, options)
  if (report.once !== target.objects || report.objects !== target.objects) {
    throw new Error(`${target.name}: a walk gave ${report.once} of ${target.objects} objects once`)
  }
  return report
}

function rateOf({ objects, seconds }: WalkReport): number {
  return objects / seconds
}
