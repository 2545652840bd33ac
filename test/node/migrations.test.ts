// The rule that makes upgrades and roll-backs safe: a release's Worker runs on the schema of the
// next one, so that a migration only adds. What is no longer used goes a release later.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'

const FOLDER = join(import.meta.dirname, '../../migrations')
const STATEMENT_END = '--> statement-breakpoint'
const COMMENT = /^--.*\n?/gm

/** Made an empty database into the first schema. */
const FIRST = '0000_first.sql'

/** Migration → why it may take away: the last release whose Worker needs what goes. */
const CONTRACTIONS: Record<string, string> = {}

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.sql'))

function statementsOf(sql: string): string[] {
  return sql
    .split(STATEMENT_END)
    .map((statement) => statement.replaceAll(COMMENT, '').trim().replace(/;$/, ''))
}

const NAME = /[`"]?(\w+)[`"]?/.source
const ADDED_TABLE = new RegExp(`^CREATE TABLE (?:IF NOT EXISTS )?${NAME}`, 'i')
const ADDED_COLUMN = new RegExp(`^ALTER TABLE ${NAME} ADD (?:COLUMN )?${NAME} (.*)$`, 'is')
const ADDED_INDEX = new RegExp(`^CREATE (UNIQUE )?INDEX ${NAME} ON ${NAME} \\((.*)\\)`, 'is')
const FILLED = /^(?:INSERT|UPDATE|WITH)\b/i

/** What a migration itself adds: tables, and columns that are null in rows of who knows no better. */
type Added = { tables: ReadonlySet<string>; nullColumns: ReadonlySet<string> }

function addedBy(statements: readonly string[]): Added {
  const tables = statements.flatMap((each) => ADDED_TABLE.exec(each)?.[1] ?? [])
  const nullColumns = statements.flatMap((each) => {
    const [, table, column, rest = ''] = ADDED_COLUMN.exec(each) ?? []
    return table === undefined || /DEFAULT/i.test(rest) ? [] : [`${table}.${column}`]
  })
  return { tables: new Set(tables), nullColumns: new Set(nullColumns) }
}

/** Why a Worker that does not know of the migration could fail after it; undefined if it cannot. */
function harmOf(statement: string, added: Added): string | undefined {
  if (ADDED_TABLE.test(statement) || FILLED.test(statement)) return undefined
  const [, , , column] = ADDED_COLUMN.exec(statement) ?? []
  if (column !== undefined) {
    const isRequired = /NOT NULL/i.test(column) && !/DEFAULT/i.test(column)
    return isRequired ? 'an insert without the column would be refused' : undefined
  }
  const [, unique, , table, columns = ''] = ADDED_INDEX.exec(statement) ?? []
  if (table === undefined) return 'it changes or takes away what is there'
  if (unique === undefined || added.tables.has(table)) return undefined
  // No two nulls are the same to a unique index.
  const isOfNull = [...columns.matchAll(/\w+/g)].some(([name]) =>
    added.nullColumns.has(`${table}.${name}`),
  )
  return isOfNull ? undefined : 'a write that was good would be refused'
}

function harmsIn(sql: string): string[] {
  const statements = statementsOf(sql)
  const added = addedBy(statements)
  return statements.flatMap((statement) => {
    const harm = harmOf(statement, added)
    return harm === undefined ? [] : [`${statement.split('\n')[0]}: ${harm}`]
  })
}

describe('migrations', () => {
  it('only add, so that the Worker before runs on', () => {
    const harms = files
      .filter((name) => name !== FIRST && CONTRACTIONS[name] === undefined)
      .flatMap((name) =>
        harmsIn(readFileSync(join(FOLDER, name), 'utf8')).map((harm) => `${name}: ${harm}`),
      )
    expect(harms).toEqual([])
  })

  it('have an entry each in the journal, in order', () => {
    const journal = JSON.parse(readFileSync(join(FOLDER, 'meta/_journal.json'), 'utf8'))
    const tags = journal.entries.map(({ tag }: { tag: string }) => `${tag}.sql`)
    expect(files.sort()).toEqual(tags)
  })
})

test.each([
  ['DROP TABLE `x`', 1],
  ['ALTER TABLE `x` DROP COLUMN `y`', 1],
  ['ALTER TABLE `x` RENAME COLUMN `y` TO `z`', 1],
  ['ALTER TABLE `x` ADD `y` integer NOT NULL', 1],
  ['ALTER TABLE `x` ADD `y` integer DEFAULT 0 NOT NULL', 0],
  ['ALTER TABLE `x` ADD `y` text', 0],
  ['CREATE UNIQUE INDEX `i` ON `x` (`y`)', 1],
  ['CREATE INDEX `i` ON `x` (`y`)', 0],
  [
    'CREATE TABLE `x` (`y` text);\n--> statement-breakpoint\nCREATE UNIQUE INDEX `i` ON `x` (`y`);',
    0,
  ],
  [
    'ALTER TABLE `x` ADD `y` text;\n--> statement-breakpoint\nCREATE UNIQUE INDEX `i` ON `x` (`y`);',
    0,
  ],
  [
    "ALTER TABLE `x` ADD `y` text DEFAULT '';\n--> statement-breakpoint\nCREATE UNIQUE INDEX `i` ON `x` (`y`);",
    1,
  ],
  ['DROP INDEX `i`', 1],
  ["UPDATE `x` SET `y` = 'z'", 0],
  ["-- Why.\nUPDATE `x` SET `y` = 'z'", 0],
  ['-- Why.\nDROP TABLE `x`', 1],
])('the rule on %s', (sql, harms) => {
  expect(harmsIn(sql)).toHaveLength(harms)
})
