// Contenders take turns, A B A B, so that whatever else the machine does disturbs all of them.

import type { Figure } from '../part.ts'
import type { Plan } from '../plan.ts'
import { pairedRatios, type Spread, spreadOf } from '../statistics.ts'
import { type Burst, type Contender, fire } from './cannon.ts'

export type Measured = { name: string; bursts: Burst[] }

type RoundsOptions = Pick<Plan, 'rounds' | 'secondsPerRound' | 'warmUpSeconds' | 'connections'>

/** In the order given. */
export async function inTurns(
  contenders: readonly Contender[],
  { rounds, secondsPerRound, warmUpSeconds, connections }: RoundsOptions,
): Promise<Measured[]> {
  const measured = contenders.map(({ name }): Measured => ({ name, bursts: [] }))
  for (const contender of contenders) await fire(contender, { seconds: warmUpSeconds, connections })
  for (let round = 0; round < rounds; round++) {
    for (const [place, contender] of contenders.entries()) {
      const burst = await fire(contender, { seconds: secondsPerRound, connections })
      measured[place]?.bursts.push(burst)
    }
  }
  return measured
}

export function throughputRatio(over: Measured, under: Measured): Spread {
  return spreadOf(pairedRatios(throughputs(over), throughputs(under)))
}

/** What the one costs of the other, which a busy machine disturbs less than throughput. */
export function cpuRatioFigures(over: Measured, under: Measured): Figure[] {
  const [costs, others] = [cpuTimes(over), cpuTimes(under)]
  if (costs.length === 0 || costs.length !== others.length) return []
  const what = `processor time of the server: ${over.name} / ${under.name}`
  return [{ what, unit: 'ratio', spread: spreadOf(pairedRatios(costs, others)) }]
}

export function latencyRatio(over: Measured, under: Measured): Spread {
  const typical = ({ bursts }: Measured) => bursts.map(({ latencyMs }) => latencyMs.p50)
  return spreadOf(pairedRatios(typical(over), typical(under)))
}

/** Throughput, size and cost of each contender; latencies when asked for. */
export function figuresOf(measured: Measured[], options: { latency?: boolean } = {}): Figure[] {
  return measured.flatMap((each) => {
    const { name, bursts } = each
    const latency = (of: 'p50' | 'p99') => ({
      what: `${name}, latency ${of}`,
      unit: 'ms',
      spread: spreadOf(bursts.map(({ latencyMs }) => latencyMs[of])),
    })
    return [
      { what: name, unit: 'requests/s', spread: spreadOf(throughputs(each)) },
      ...(options.latency ? [latency('p50'), latency('p99')] : []),
      ...cpuFigures(each),
      {
        what: `${name}, size of an answer`,
        unit: 'bytes',
        spread: spreadOf(bursts.map(({ bytesPerRequest }) => bytesPerRequest)),
      },
    ]
  })
}

/** A ratio is only as good as the generator is idle. */
export function remarksOf(measured: Measured[]): string[] {
  return measured.flatMap(({ name, bursts }) => {
    const share = spreadOf(bursts.map(({ generatorShare }) => generatorShare)).median
    if (share < GENERATOR_SHARE_MAX) return []
    return [
      `For "${name}" the load generator used ${Math.round(share * 100)} % of a core: the server could have done more.`,
    ]
  })
}

const GENERATOR_SHARE_MAX = 0.85

function throughputs({ bursts }: Measured): number[] {
  return bursts.map(({ requestsPerSecond }) => requestsPerSecond)
}

function cpuFigures(measured: Measured): Figure[] {
  const values = cpuTimes(measured)
  if (values.length === 0) return []
  const what = `${measured.name}, processor time of the server`
  return [{ what, unit: 'ms', spread: spreadOf(values) }]
}

function cpuTimes({ bursts }: Measured): number[] {
  return bursts.flatMap(({ cpuMsPerRequest }) => cpuMsPerRequest ?? [])
}
