// The rules of the house that a machine can check: which folder may import which, sizes, words.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const SRC = join(ROOT, 'src')
const CLI = join(ROOT, 'cli')

/** Place → what of ours it may import besides itself, as ARCHITECTURE.md has it. */
type Arrows = Map<string, string[]>

/** Places that have words in place of a name. */
const IN_WORDS: Record<string, string> = {
  'files of `src/` itself': '(root)',
  'the programs': '(program)',
  'what is shared': '(shared)',
}

const [SRC_ARROWS, CLI_ARROWS] = arrows()

/** The tables below "Arrows": that of `src/`, and that of `cli/`. */
function arrows(): [Arrows, Arrows] {
  const text = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8')
  const [, section = ''] = /^### Arrows\n(.*?)^## /ms.exec(text) ?? []
  const tables = section.split('\n\n').filter((part) => part.startsWith('|'))
  const [ofSrc, ofCli, ...others] = tables.map(arrowsIn)
  if (ofSrc === undefined || ofCli === undefined || others.length > 0) {
    throw new Error('There are two tables of arrows.')
  }
  return [ofSrc, ofCli]
}

function arrowsIn(table: string): Arrows {
  const [, , ...rows] = table.trim().split('\n')
  return new Map(
    rows.flatMap((row) => {
      const [, places = '', targets = ''] = row.split('|')
      return placesIn(places).map((place) => [place, placesIn(targets)] as const)
    }),
  )
}

function placesIn(cell: string): string[] {
  const inWords = Object.entries(IN_WORDS).filter(([words]) => cell.includes(words))
  const names = inWords.reduce((left, [words]) => left.replace(words, ''), cell)
  return [
    ...inWords.map(([, place]) => place),
    ...[...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name.replace(/\/$|\.ts$/, '')),
  ]
}

const PROGRAMS = ['build.ts', 'deploy.ts', 'main.ts', 'start.ts']

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

const programs = others.filter((path) => path.startsWith(`${CLI}/`))

function importsOf(path: string): string[] {
  if (!path.endsWith('.ts')) return []
  const text = readFileSync(path, 'utf8')
  return [...text.matchAll(/^(?:import|export)\b[^'"]*?from '(\.[^']+)'/gms)].map(([, target]) =>
    resolve(dirname(path), target ?? ''),
  )
}

/** The folder a file belongs to; failure.ts is a base of its own. */
function placeOf(path: string): string {
  if (!path.startsWith(`${SRC}/`)) return relative(ROOT, path)
  const [first = '', ...rest] = relative(SRC, path).split('/')
  if (rest.length > 0) return first
  return first === 'failure.ts' ? 'failure' : '(root)'
}

function placeInCli(path: string): string {
  if (path.startsWith(`${SRC}/`)) return `src/${placeOf(path)}`
  if (!path.startsWith(`${CLI}/`)) return relative(ROOT, path)
  const [first = '', ...rest] = relative(CLI, path).split('/')
  if (rest.length > 0) return first
  return PROGRAMS.includes(first) ? '(program)' : '(shared)'
}

/** Imports that leave a place for one which its row does not name. */
function straysOf(
  files: readonly string[],
  allowed: Arrows,
  place: (path: string) => string,
): string[] {
  return files.flatMap((path) =>
    importsOf(path)
      .map((target) => [place(path), place(target)] as const)
      .filter(([from, to]) => from !== to && !allowed.get(from)?.includes(to))
      .map(([from, to]) => `${relative(ROOT, path)}: ${from} → ${to}`),
  )
}

describe('the source tree', () => {
  it('has every place in the tables of arrows, and no other', () => {
    expect([...SRC_ARROWS.keys()].sort()).toEqual([...new Set(sources.map(placeOf))].sort())
    expect([...CLI_ARROWS.keys()].sort()).toEqual([...new Set(programs.map(placeInCli))].sort())
    const inSrc = [...SRC_ARROWS.keys(), 'package.json']
    const fromCli = [...CLI_ARROWS.keys(), ...inSrc.map((place) => `src/${place}`), 'package.json']
    for (const target of [...SRC_ARROWS.values()].flat()) expect(inSrc).toContain(target)
    for (const target of [...CLI_ARROWS.values()].flat()) expect(fromCli).toContain(target)
  })

  it('imports only along the arrows of ARCHITECTURE.md', () => {
    expect(straysOf(sources, SRC_ARROWS, placeOf)).toEqual([])
    expect(straysOf(programs, CLI_ARROWS, placeInCli)).toEqual([])
  })

  it('has no cycle between files', () => {
    const cycles: string[] = []
    const done = new Set<string>()
    const visit = (path: string, trail: string[]): void => {
      if (trail.includes(path)) {
        cycles.push(
          [...trail.slice(trail.indexOf(path)), path].map((p) => relative(ROOT, p)).join(' → '),
        )
        return
      }
      if (done.has(path)) return
      for (const target of importsOf(path)) visit(target, [...trail, path])
      done.add(path)
    }
    for (const path of [...sources, ...programs]) visit(path, [])
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
