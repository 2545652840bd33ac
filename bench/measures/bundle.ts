// What a deployment uploads.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { buildWorker } from '../../cli/project/build-worker.ts'
import type { Bench } from '../bench.ts'
import type { Part, PartResult } from '../part.ts'
import { spreadOf } from '../statistics.ts'

export const bundle: Part = {
  name: 'bundle',
  title: 'Worker bundle',
  measure,
}

const ROOT = join(import.meta.dirname, '../..')

async function measure(bench: Bench): Promise<PartResult> {
  const folder = bench.scratch('bundle')
  await buildWorker(ROOT, folder)
  const modules = readdirSync(folder)
    .filter((name) => !/\.map$|^README/.test(name))
    .map((name) => readFileSync(join(folder, name)))
  const plain = modules.reduce((sum, { byteLength }) => sum + byteLength, 0)
  const packed = modules.reduce((sum, module) => sum + gzipSync(module).byteLength, 0)
  return {
    figures: [
      { what: 'bundle, plain', unit: 'bytes', spread: spreadOf([plain]) },
      { what: 'bundle, gzip', unit: 'bytes', spread: spreadOf([packed]) },
    ],
    verdicts: [{ target: 'bundle', spread: spreadOf([packed]) }],
    remarks: [],
  }
}
