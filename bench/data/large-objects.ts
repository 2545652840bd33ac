// Objects as large as reports with their text inside them: about 100 kB each, made from a seed.
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Random } from '../../cli/sample-feed/random.ts'

const SEED = 20_260_202
const DESCRIPTION_CHARS = 100_000
const CREATED = '2026-01-01T00:00:00.000Z'
const WORDS = ['actor', 'beacon', 'campaign', 'domain', 'family', 'implant', 'loader'] as const

/** The path of the file with so many reports, one JSON object a line; made if it is not there. */
export function requireLargeObjects(folder: string, count: number): string {
  const path = join(folder, `reports-${count}.ndjson`)
  if (existsSync(path)) return path
  mkdirSync(folder, { recursive: true })
  const random = new Random(SEED)
  const lines = Array.from({ length: count }, () => `${JSON.stringify(makeReport(random))}\n`)
  const draft = `${path}.draft`
  writeFileSync(draft, lines.join(''))
  renameSync(draft, path)
  return path
}

function makeReport(random: Random) {
  const words: string[] = []
  for (let chars = 0; chars < DESCRIPTION_CHARS; chars += (words.at(-1)?.length ?? 0) + 1) {
    words.push(`${random.pick(WORDS)}${random.below(1_000)}`)
  }
  return {
    type: 'report',
    spec_version: '2.1',
    id: `report--${random.uuid()}`,
    created: CREATED,
    modified: CREATED,
    name: `Report ${random.below(1_000_000)}`,
    description: words.join(' '),
    published: CREATED,
    object_refs: [`indicator--${random.uuid()}`],
  }
}
