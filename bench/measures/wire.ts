// What a reader has to download: bytes of bodies, plain and compressed, of the same pages.
import type { Bench } from '../bench.ts'
import type { Part, PartResult } from '../part.ts'
import { pagePath } from '../servers/taxii-target.ts'
import { pairedRatios, spreadOf } from '../statistics.ts'

export const wire: Part = {
  name: 'wire',
  title: 'Bytes on the wire',
  measure,
}

const LIMIT = 1_000
const PAGES = 10

async function measure(bench: Bench): Promise<PartResult> {
  const { target, positions } = await bench.edge(bench.plan.objects.middle)
  const bytes = { identity: [] as number[], gzip: [] as number[] }
  for (let page = 0; page < PAGES; page++) {
    const added_after = new Date(positions.next()).toISOString()
    const url = target.url + pagePath(target, 'objects', { limit: String(LIMIT), added_after })
    for (const encoding of ['identity', 'gzip'] as const) {
      const headers = { ...target.headers(), 'Accept-Encoding': encoding }
      const answer = await bench.reader.require(url, headers)
      if ((answer.headers['content-encoding'] ?? 'identity') !== encoding) {
        throw new Error(`the answer to Accept-Encoding: ${encoding} came in another`)
      }
      bytes[encoding].push(answer.body.byteLength / LIMIT)
    }
  }
  return {
    figures: [
      { what: 'indicator, plain', unit: 'bytes', spread: spreadOf(bytes.identity) },
      { what: 'indicator, gzip', unit: 'bytes', spread: spreadOf(bytes.gzip) },
    ],
    verdicts: [{ target: 'wire', spread: spreadOf(pairedRatios(bytes.gzip, bytes.identity)) }],
    remarks: ['Bodies only, in pages of 1,000.'],
  }
}
