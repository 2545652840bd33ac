// docs/benchmark.md: one section for each run, the newest first, none ever removed.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

const HEAD = `# Benchmark

\`npm run bench\` measures the server on the embedded runtime, with real keys and limits on, against
the bare runtime and against other TAXII servers. What counts are the ratios within one run: figures
of different machines, or of different days, do not compare. Contenders take turns round by round; a
ratio is taken of each round and told by its median with the lowest and highest.`

export function writeSection(path: string, section: string): void {
  const before = existsSync(path) ? readFileSync(path, 'utf8') : ''
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, withSection(before, section))
}

/** The document with the section before all earlier ones. */
export function withSection(document: string, section: string): string {
  const begin = document.search(/^## /m)
  const earlier = begin < 0 ? [] : [document.slice(begin).trimEnd()]
  return `${[HEAD, section.trimEnd(), ...earlier].join('\n\n')}\n`
}
