// The rules of the house that a machine can check: which folder may import which, sizes, words.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const SRC = join(ROOT, 'src')
const CLI = join(ROOT, 'cli')

/** Folder → what of ours it may import besides itself. Files of `src/` itself stand as `(root)`. */
const ARROWS: Record<string, string[]> = {
  '(root)': ['admin', 'config', 'http', 'service', 'taxii', 'keys', 'observe', 'store', 'failure'],
  /** Of which it takes the release. */
  config: ['package.json'],
  stix: [],
  /** Told by everyone, asks nobody. */
  observe: [],
  keys: ['config', 'observe'],
  store: ['observe', 'stix'],
  cache: ['store'],
  ingest: ['store', 'stix'],
  http: ['cache', 'config', 'keys', 'observe', 'failure'],
  service: ['config', 'http', 'observe', 'store', 'failure'],
  taxii: ['cache', 'config', 'http', 'ingest', 'keys', 'stix', 'store', 'failure'],
  admin: ['config', 'http', 'ingest', 'keys', 'observe', 'stix', 'store', 'failure'],
}

/** The same of `cli/`. Its own files stand as `(shared)`, its programs as `(program)`. */
const CLI_ARROWS: Record<string, string[]> = {
  '(program)': ['deploy', 'operator', 'project', 'start', '(shared)'],
  '(shared)': ['package.json', 'src/keys', 'src/stix'],
  deploy: ['project', '(shared)', 'src/config'],
  front: ['src/keys'],
  /** Over HTTP only: of the Worker it shares how texts are read, and no way to its data. */
  operator: ['(shared)', 'src/ingest', 'src/stix', 'src/taxii'],
  project: ['(shared)'],
  'sample-feed': [],
  start: ['front', 'operator', 'project', 'sample-feed', '(shared)', 'src/config'],
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
  arrows: Record<string, string[]>,
  place: (path: string) => string,
): string[] {
  return files.flatMap((path) =>
    importsOf(path)
      .map((target) => [place(path), place(target)] as const)
      .filter(([from, to]) => from !== to && !(arrows[from] ?? []).includes(to))
      .map(([from, to]) => `${relative(ROOT, path)}: ${from} → ${to}`),
  )
}

describe('the source tree', () => {
  it('imports only along the arrows of ARCHITECTURE.md', () => {
    expect(straysOf(sources, ARROWS, placeOf)).toEqual([])
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
