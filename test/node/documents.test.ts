// What the documents say of this tree is there: links, lists that have to be whole, and commands that
// run on the Node that the project brings.
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const documents = globSync('{*.md,docs/**/*.md,test/**/*.md,bench/**/*.md}', { cwd: ROOT }).sort()
const programs = globSync('{src,cli,test,bench}/**/*.ts', { cwd: ROOT })

/** Text without blocks of code, in which brackets mean something else. */
function prose(path: string): string {
  return read(path).replaceAll(/^```.*?^```$/gms, '')
}

/** As GitHub makes anchors of headings. */
function anchorsOf(path: string): string[] {
  const headings = [...prose(path).matchAll(/^#+ (.*)$/gm)].map(([, text = '']) => text)
  return headings.map((text) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

it.each(documents)('%s links to what is there', (path) => {
  const links = [...prose(path).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)]
  const broken = links.flatMap(([, link = '']) => {
    const [file = '', anchor] = link.split('#')
    const target = file === '' ? path : relative(ROOT, resolve(ROOT, dirname(path), file))
    if (!existsSync(join(ROOT, target))) return [link]
    return anchor === undefined || anchorsOf(target).includes(anchor) ? [] : [link]
  })
  expect(broken).toEqual([])
})

it('lists every decision in their index, under its title', () => {
  const folder = 'docs/decisions'
  const entries = readdirSync(join(ROOT, folder))
    .filter((name) => name !== 'README.md')
    .sort()
    .map((name) => {
      const [, number, title] = /^# (\d+)\. (.*)$/m.exec(read(join(folder, name))) ?? []
      expect(name.startsWith(`${number?.padStart(4, '0')}-`)).toBe(true)
      return `- ${number}. [${title}](${name})`
    })
  const index = read(join(folder, 'README.md'))
  expect(index.split('\n').filter((line) => line.startsWith('- '))).toEqual(entries)
})

it('lists every suite in test/README.md', () => {
  const cells = [...read('test/README.md').matchAll(/^\| (`.*?) \|/gm)].map(([, cell = '']) => cell)
  const named = cells.flatMap((cell) => {
    const [first = '', ...rest] = [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
    // Further names of a row are in the folder of the first.
    return [first, ...rest.map((name) => join(dirname(first), name))]
  })
  const folders = (path: string) =>
    readdirSync(join(ROOT, 'test', path), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(path, name))
  const ofNoTests = ['support', 'vectors', 'workerd']
  const suites = [...folders('.'), ...folders('workerd')].filter(
    (name) => !ofNoTests.includes(name),
  )
  expect(named.sort()).toEqual(suites.sort())
})

it('keeps no test beside the suites', () => {
  expect(globSync('test/{*,workerd/*}.test.ts', { cwd: ROOT })).toEqual([])
})

it('calls wrangler for a deployed service with its file, without which it would mean another', () => {
  const calls = documents.flatMap((path) =>
    [...read(path).matchAll(/npx wrangler (?!login|d1 migrations apply \S+ --local)[^`\n]*/g)]
      .map(([call]) => `${path}: ${call}`)
      .filter((call) => !/ -c wrangler\.deploy\.\S+\.jsonc/.test(call)),
  )
  expect(calls).toEqual([])
})

// The Node of the machine may be one that runs no TypeScript: npm puts the project's first. That of
// the container (`docker exec … taxii-edge node`) is one that does.
it('runs TypeScript by npm, or by the Node that the project brings', () => {
  const bare = /(?<!node_modules\/\.bin\/|taxii-edge )\bnode(?: --?[\w=./-]+)* [\w./-]+\.ts\b/
  const strays = [...documents, ...programs].filter((path) => bare.test(read(path)))
  expect(strays).toEqual([])
})
