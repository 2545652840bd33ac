// The rules of the house that a machine can check: which folder may import which, sizes, words.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const SRC = join(ROOT, 'src')

/** Place → what of ours it may import besides itself, as ARCHITECTURE.md has it. */
const ARROWS = arrows()

/** The table below "Arrows". Files of `src/` itself stand as `(root)`. */
function arrows(): Map<string, string[]> {
  const text = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8')
  const [, section = ''] = /^### Arrows\n(.*?)^## /ms.exec(text) ?? []
  const rows = section.split('\n').filter((line) => /^\| .*`/.test(line))
  return new Map(
    rows.flatMap((row) => {
      const [, places = '', targets = ''] = row.split('|')
      const from = places.includes('files of `src/` itself') ? ['(root)'] : namesIn(places)
      return from.map((place) => [place, namesIn(targets)] as const)
    }),
  )
}

function namesIn(cell: string): string[] {
  return [...cell.matchAll(/`([a-z]+)(?:\/|\.ts)?`/g)].map(([, name = '']) => name)
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesBelow(path) : [path]
  })
}

const sources = filesBelow(SRC).filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
const others = ['cli', 'bench', 'test']
  .flatMap((folder) => filesBelow(join(ROOT, folder)))
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))

function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8')
  return [...text.matchAll(/^(?:import|export)\b[^'"]*?from '(\.[^']+)'/gms)].map(([, target]) =>
    resolve(dirname(path), target ?? ''),
  )
}

/** The folder a file belongs to; failure.ts is a base of its own. */
function placeOf(path: string): string {
  const [first = '', ...rest] = relative(SRC, path).split('/')
  if (rest.length > 0) return first
  return first === 'failure.ts' ? 'failure' : '(root)'
}

describe('the source tree', () => {
  it('has every place in the table of arrows, and no other', () => {
    const places = new Set(sources.map(placeOf))
    expect([...ARROWS.keys()].sort()).toEqual([...places].sort())
    for (const target of [...ARROWS.values()].flat()) expect(places).toContain(target)
  })

  it('imports only along the arrows of ARCHITECTURE.md', () => {
    const strays = sources.flatMap((path) =>
      importsOf(path)
        .map((target) => [placeOf(path), placeOf(target)] as const)
        .filter(([from, to]) => from !== to && !(ARROWS.get(from) ?? []).includes(to))
        .map(([from, to]) => `${relative(ROOT, path)}: ${from} → ${to}`),
    )
    expect(strays).toEqual([])
  })

  it('has no cycle between files', () => {
    const cycles: string[] = []
    const done = new Set<string>()
    const visit = (path: string, trail: string[]): void => {
      if (trail.includes(path)) {
        cycles.push(
          [...trail.slice(trail.indexOf(path)), path].map((p) => relative(SRC, p)).join(' → '),
        )
        return
      }
      if (done.has(path)) return
      for (const target of importsOf(path)) visit(target, [...trail, path])
      done.add(path)
    }
    for (const path of sources) visit(path, [])
    expect(cycles).toEqual([])
  })

  it('keeps SQL in the store', () => {
    const sql = /\b(?:SELECT .+ FROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b|drizzle-orm/
    const strays = sources.filter(
      (path) => placeOf(path) !== 'store' && sql.test(readFileSync(path, 'utf8')),
    )
    expect(strays.map((path) => relative(ROOT, path))).toEqual([])
  })

  it('names error statuses in one file only', () => {
    const status = /status: (?:4\d\d|5\d\d)\b/
    const strays = sources.filter((path) => status.test(readFileSync(path, 'utf8')))
    expect(strays.map((path) => relative(ROOT, path))).toEqual(['src/http/render-failure.ts'])
  })

  it('imports zod so that its locales stay out of the bundle', () => {
    const strays = sources.filter((path) =>
      /import \{[^}]*\bz\b[^}]*\} from 'zod'/.test(readFileSync(path, 'utf8')),
    )
    expect(strays).toEqual([])
  })

  it('has no file over 300 lines, in tests and tools as well', () => {
    const long = [...sources, ...others].filter(
      (path) => readFileSync(path, 'utf8').split('\n').length > 301,
    )
    expect(long.map((path) => relative(ROOT, path))).toEqual([])
  })

  it('has no folder or file for what has no place', () => {
    const vague = /\/(?:utils?|helpers?|common|lib|misc|services)(?:\/|\.ts$)/
    expect([...sources, ...others].filter((path) => vague.test(path))).toEqual([])
  })
})
