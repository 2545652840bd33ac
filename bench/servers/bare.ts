// The bare Worker with the same texts as ours in a plain table: what the runtime could give.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readGroups } from '../data/dataset.ts'
import type { HttpReader } from '../load/http-reader.ts'
import { Program } from './program.ts'

const ROWS_PER_LOAD = 1_000

export type BareServer = {
  url: string
  pid: number
  /** Rows, whose ids are 1 to this. */
  rows: number
  stop: () => Promise<void>
}

type BareOptions = {
  folder: string
  reuse: boolean
  file: string
  rows: number
  reader: HttpReader
}

export async function startBare(options: BareOptions): Promise<BareServer> {
  const { folder, reuse, rows } = options
  if (!reuse) rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const program = await Program.start({
    command: process.execPath,
    args: [join(import.meta.dirname, 'run-bare-worker.ts'), join(folder, 'state')],
    log: join(folder, 'server.log'),
  })
  const { url }: { url: string } = JSON.parse(await program.firstLine())
  const mark = join(folder, 'loaded.json')
  if (!existsSync(mark)) {
    await load(url, options)
    writeFileSync(mark, JSON.stringify({ rows }))
  }
  return { url, pid: program.pid, rows, stop: () => program.stop() }
}

async function load(url: string, { file, reader }: BareOptions): Promise<void> {
  for await (const texts of readGroups(file, ROWS_PER_LOAD)) {
    await reader.require(`${url}/load`, {}, JSON.stringify(texts))
  }
}
