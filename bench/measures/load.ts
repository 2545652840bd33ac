// Bulk load by the command line, and the memory it takes: what grows with the file fails on a
// large enough one.
import { rmSync } from 'node:fs'
import type { Bench } from '../bench.ts'
import type { MemoryUse } from '../load/memory.ts'
import type { Figure, Part, PartResult } from '../part.ts'
import type { ImportReport } from '../servers/edge.ts'
import { spreadOf } from '../statistics.ts'
import type { TargetId, Verdict } from '../targets.ts'

export const load: Part = {
  name: 'load',
  title: 'Bulk load',
  measure,
}

const ROUNDS_MAX = 3
const VIEWED = 'soc-defenders-all'

async function measure(bench: Bench): Promise<PartResult> {
  const { middle, most } = bench.plan.objects
  const { load: largest } = await bench.edge(most)
  const again: ImportReport[] = []
  const file = await bench.dataset(middle)
  for (let round = 0; round < Math.min(bench.plan.rounds, ROUNDS_MAX); round++) {
    again.push(await freshImport(bench, file, `load-${round}`, 'bench'))
  }
  const viewed = await freshImport(bench, file, 'load-views', VIEWED)
  const peer = await bench.openTaxii(middle)
  const count = (objects: number) => `${objects.toLocaleString('en')} objects`
  return {
    figures: [
      rates(`taxii-edge, ${count(middle)}`, again),
      rates(`taxii-edge, ${count(middle)} into a collection with two views`, [viewed]),
      rates(`taxii-edge, ${count(most)}`, [largest]),
      ...('target' in peer ? [peerRate(peer.target.name, middle, peer.objectsPerSecond)] : []),
      ...memoryFigures(`CLI, ${count(middle)}`, again[0]?.cliMemory),
      ...memoryFigures(`CLI, ${count(most)}`, largest.cliMemory),
      ...memoryFigures(`workerd, ${count(middle)}`, again[0]?.workerMemory),
      ...memoryFigures(`workerd, ${count(most)}`, largest.workerMemory),
    ],
    verdicts: [
      { target: 'load', spread: spreadOf([...again, largest].map(rateOf)) },
      {
        target: 'peer-load',
        ...('target' in peer
          ? { spread: spreadOf(again.map((report) => rateOf(report) / peer.objectsPerSecond)) }
          : { missing: peer.absent }),
      },
      flatness('load-memory-cli', largest.cliMemory),
      flatness('load-memory-worker', largest.workerMemory),
    ],
    remarks: ['Each load goes into a server of its own; memory is that of the largest load.'],
  }
}

async function freshImport(bench: Bench, file: string, name: string, collection: string) {
  const server = await bench.startEdge(name)
  try {
    if (collection !== VIEWED) await server.createCollection(collection)
    return await server.import(file, collection)
  } finally {
    await server.stop()
    rmSync(server.folder, { recursive: true })
  }
}

function rates(what: string, reports: ImportReport[]): Figure {
  return { what, unit: 'objects/s', spread: spreadOf(reports.map(rateOf)) }
}

function peerRate(name: string, objects: number, objectsPerSecond: number): Figure {
  const what = `${name}, ${objects.toLocaleString('en')} objects through its API`
  return { what, unit: 'objects/s', spread: spreadOf([objectsPerSecond]) }
}

function rateOf({ objects, seconds }: ImportReport): number {
  return objects / seconds
}

function memoryFigures(what: string, use: MemoryUse | undefined): Figure[] {
  if (use === undefined) return []
  const megabytes = (bytes: number) => spreadOf([bytes / 1e6])
  return [
    { what: `${what}, peak memory`, unit: 'MB', spread: megabytes(use.peakBytes) },
    { what: `${what}, second quarter`, unit: 'MB', spread: megabytes(use.secondQuarterBytes) },
    { what: `${what}, last quarter`, unit: 'MB', spread: megabytes(use.lastQuarterBytes) },
  ]
}

function flatness(target: TargetId, use: MemoryUse | undefined): Verdict {
  if (use === undefined) return { target, missing: 'memory cannot be read on this system' }
  return { target, spread: spreadOf([use.lastQuarterBytes / use.secondQuarterBytes]) }
}
