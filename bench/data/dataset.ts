// Feeds as NDJSON files, made once and kept beside other things the benchmark can make again.
import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { indicatorTexts } from './indicators.ts'

const LINES_PER_WRITE = 1_000

/** The path of the file with the first `count` indicators, which is made if it is not there. */
export async function requireDataset(folder: string, count: number): Promise<string> {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `indicators-${count}.ndjson`)
  if (existsSync(path) && (await isCurrent(path))) return path
  const draft = `${path}.draft`
  await pipeline(Readable.from(writes(count)), createWriteStream(draft))
  renameSync(draft, path)
  return path
}

/** Groups of texts, for a server that takes many at once. */
export async function* readGroups(path: string, size: number): AsyncGenerator<string[]> {
  const input = createReadStream(path)
  try {
    let group: string[] = []
    for await (const line of createInterface({ input })) {
      group.push(line)
      if (group.length < size) continue
      yield group
      group = []
    }
    if (group.length > 0) yield group
  } finally {
    input.destroy()
  }
}

/** A file that an earlier form of the feed has left behind is made anew. */
async function isCurrent(path: string): Promise<boolean> {
  for await (const [first] of readGroups(path, 1)) return first === indicatorTexts(1).next().value
  return false
}

function* writes(count: number): Generator<string> {
  let lines: string[] = []
  for (const text of indicatorTexts(count)) {
    lines.push(text)
    if (lines.length < LINES_PER_WRITE) continue
    yield `${lines.join('\n')}\n`
    lines = []
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`
}
