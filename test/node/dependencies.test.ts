// The policy of "Dependencies" in CONTRIBUTING.md, as far as package.json and the lock file tell.
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

type Locked = {
  version: string
  license?: string
  dev?: boolean
  optional?: boolean
  hasInstallScript?: boolean
  bin?: Record<string, string>
}

const ROOT = resolve(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

const manifest = JSON.parse(read('package.json'))
const lock: { packages: Record<string, Locked> } = JSON.parse(read('package-lock.json'))
const { '': root, ...locked } = lock.packages

const shipped: Record<string, string> = manifest.dependencies
const asked: Record<string, string> = { ...shipped, ...manifest.devDependencies }
const names = Object.keys(asked)

/** The package of an entry of the lock file, which is named by its path. */
const packageOf = (path: string) => path.replace(/^.*node_modules\//, '')

test('versions are exact, and those of the lock file', () => {
  const exact = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/
  expect(names.filter((name) => !exact.test(asked[name] ?? ''))).toEqual([])
  const found = names.map((name) => [name, locked[`node_modules/${name}`]?.version])
  expect(Object.fromEntries(found)).toEqual(asked)
  const { name, version, license, dependencies, devDependencies, engines } = manifest
  const said = { name, version, license, dependencies, devDependencies, engines }
  expect(root).toEqual(said)
})

test('every dependency is used, those that are shipped by what is shipped', () => {
  const texts = Object.fromEntries(['src', 'cli', 'bench', 'test'].map((at) => [at, textBelow(at)]))
  const configs = readdirSync(ROOT).filter((name) => /\.config\.ts$|^tsconfig\.json$/.test(name))
  const everything = [...Object.values(texts), ...configs.map(read), read('cli/tsconfig.json')]
  const served = `${texts.src}${texts.cli}`
  const unused = names.filter((name) => {
    const isShipped = name in shipped
    return !isUsed(name, isShipped ? served : everything.join('\n'), isShipped)
  })
  expect(unused).toEqual([])
})

test('one workerd serves all tools, and the lock file has it for every system', () => {
  const builds = Object.entries(locked).filter(([path]) => /\/workerd(?:-[a-z0-9-]+)?$/.test(path))
  expect(new Set(builds.map(([, { version }]) => version)).size).toBe(1)
  const systems = ['darwin-64', 'darwin-arm64', 'linux-64', 'linux-arm64', 'windows-64']
  expect(builds.map(([path]) => packageOf(path)).sort()).toEqual([
    ...systems.map((system) => `@cloudflare/workerd-${system}`),
    'workerd',
  ])
})

test('only packages that are named run a script when they are installed', () => {
  const scripted = Object.entries(locked).filter(([, { hasInstallScript }]) => hasInstallScript)
  const running = new Set(scripted.map(([path]) => packageOf(path)))
  expect(Object.keys(manifest.allowScripts).sort()).toEqual([...running].sort())
})

const PERMISSIVE = new Set(
  'MIT ISC BSD-2-Clause BSD-3-Clause 0BSD Apache-2.0 Zlib CC0-1.0'.split(' '),
)
/** Binds whoever changes the package itself: for tools, and for what may be left out. */
const OF_THEIR_FILES = new Set(['MPL-2.0', 'LGPL-3.0-or-later'])

test('every package has a licence that may be relied on', () => {
  const strays = Object.entries(locked).filter(([, { license = '', dev, optional }]) => {
    const isAllowed = (id: string) =>
      PERMISSIVE.has(id) || (OF_THEIR_FILES.has(id) && (dev === true || optional === true))
    return !accepts(license, isAllowed)
  })
  expect(strays.map(([path, { license }]) => `${packageOf(path)}: ${license}`)).toEqual([])
})

test.each([
  ['MIT', true],
  ['MIT OR GPL-3.0-only', true],
  ['(MIT AND Zlib)', true],
  ['Apache-2.0 AND GPL-3.0-only', false],
  ['SEE LICENSE IN LICENSE.md', false],
  ['', false],
])('reads what a licence says: %o', (license, isAccepted) => {
  expect(accepts(license, (id) => PERMISSIVE.has(id))).toBe(isAccepted)
})

test('the container has the Node that the project brings', () => {
  const [, major] = /^ARG NODE_IMAGE=.*:(\d+)-/m.exec(read('deploy/Containerfile')) ?? []
  expect(major).toBe(shipped.node?.split('.')[0])
})

/** Alternatives, and what holds together in each. */
function accepts(license: string, isAllowed: (id: string) => boolean): boolean {
  const alternatives = license.replaceAll(/[()]/g, '').split(' OR ')
  return alternatives.some((each) => each.split(' AND ').every(isAllowed))
}

/** Imported, named in a list of types, run by a script, or the types of what is. */
function isUsed(name: string, text: string, isShipped: boolean): boolean {
  const quoted = new RegExp(`['"]${RegExp.escape(name)}(?:/[^'"]*)?['"]`)
  if (quoted.test(text)) return true
  const typed = /^@types\/(.+)$/.exec(name)?.[1]
  if (typed !== undefined) return typed === 'node' || names.includes(typed)
  const programs = Object.keys(locked[`node_modules/${name}`]?.bin ?? {})
  const scripts: Record<string, string> = manifest.scripts
  const run = isShipped ? [scripts.start, scripts.cli, scripts.deploy] : Object.values(scripts)
  return programs.some((each) => run.some((line) => line?.split(/[\s&]+/).includes(each)))
}

function textBelow(folder: string): string {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n')
}
