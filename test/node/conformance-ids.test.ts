// Keeps the tables of docs/conformance.md true: a rule that is marked as tested has a test that names
// it, and a test that names a rule finds it there.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const TESTS = join(ROOT, 'test/workerd')

const ID = /[A-Z]-\d+|D\d+|§§\d[\d.]*–\d[\d.]*|§\d+(?:\.\d+)*/
const CITED = new RegExp(`(?<![\\w.§-])(?:${ID.source})(?![\\w-]|\\.\\d)`, 'g')

type Rule = { id: string; files: string[]; verdict: string }

/** The rows whose first cell is an id. */
function rulesOf(page: string): Rule[] {
  return page.split('\n').flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim())
    const [, id = '', , , verdict = ''] = cells
    if (cells.length !== 6 || !new RegExp(`^(?:${ID.source})$`).test(id)) return []
    return [
      { id, files: [...verdict.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file), verdict },
    ]
  })
}

/** First arguments of `it`, `describe` and of the calls that `.each(…)` gives. */
function testNamesIn(path: string): string[] {
  const calls = /(?:\b(?:it|describe|test)|\))\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g
  return [...readFileSync(path, 'utf8').matchAll(calls)].map(([, , name = '']) => name)
}

const citedIn = (path: string) => testNamesIn(path).flatMap((name) => name.match(CITED) ?? [])
const pathOf = (file: string) => join(TESTS, `${file}.test.ts`)

const page = readFileSync(join(ROOT, 'docs/conformance.md'), 'utf8')
const rules = rulesOf(page)

describe('docs/conformance.md', () => {
  it('is read whole: as many rules as its tables have rows with a test or a reason', () => {
    const rows = page
      .split('\n')
      .filter((line) => /^\|.*\|(?: —[^|]+| (?:`[^`|]+` ?)+)\|$/.test(line))
    expect(rules.length).toBeGreaterThan(80)
    expect(rules.length).toBe(rows.length)
  })

  it('lists each rule once', () => {
    const ids = rules.map(({ id }) => id)
    expect(ids).toEqual([...new Set(ids)])
  })

  it('refers only to rules that it lists', () => {
    const listed = new Set(rules.map(({ id }) => id))
    const cited = page.match(CITED) ?? []
    expect(cited.filter((id) => !listed.has(id))).toEqual([])
  })

  it('answers each row of the interoperability tests by rules, or says why not', () => {
    const [, section = ''] = page.split('## Interoperability tests')
    const answers = [...section.matchAll(/^\| \d.* \| (.*) \|$/gm)].map(([, answer = '']) => answer)
    expect(answers.length).toBeGreaterThan(10)
    const unfounded = answers.filter(
      (answer) => answer.match(CITED) === null && !/^not offered by \S.{8,}/.test(answer),
    )
    expect(unfounded).toEqual([])
  })

  it.each(rules.filter(({ files }) => files.length > 0))(
    '$id has a test in each file it names',
    ({ id, files }) => {
      for (const file of files) {
        expect(existsSync(pathOf(file)), file).toBe(true)
        expect(citedIn(pathOf(file)), file).toContain(id)
      }
    },
  )

  it.each(rules.filter(({ files }) => files.length === 0))(
    '$id says why it has no test',
    ({ verdict }) => {
      expect(verdict).toMatch(/^— \S.{8,}/)
    },
  )
})

describe('tests', () => {
  const paths = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
  const files = paths.filter((path) => path.endsWith('.test.ts'))
  const listed = new Set(rules.map(({ id }) => id))

  it.each(files)('%s cites only rules that are listed', (file) => {
    // Elsewhere a section may be one of STIX.
    const isOurs = (id: string) => file.startsWith('conformance/') || !id.startsWith('§')
    expect(citedIn(join(TESTS, file)).filter((id) => isOurs(id) && !listed.has(id))).toEqual([])
  })
})
