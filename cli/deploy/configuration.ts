// The configuration of one environment: wrangler.toml, the deployer's own file over it, and names
// that keep environments apart. It is written out for wrangler, with the ids of the account.
import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, relative, resolve } from 'node:path'
import { experimental_readRawConfig } from 'wrangler'
import * as z from 'zod'
import { CliFailure } from '../failure.ts'
import type { DeployFiles } from './files.ts'
import type { Environment } from './options.ts'

/** Stands in wrangler.toml where an id would be, and in a file written before the id is known. */
const NO_ID = '00000000-0000-0000-0000-000000000000'
const MIGRATIONS_TABLE = 'd1_migrations'

const database = z.looseObject({
  binding: z.string().min(1),
  database_name: z.string().min(1).optional(),
  database_id: z.string().optional(),
  migrations_dir: z.string().optional(),
  migrations_table: z.string().regex(/^\w+$/).optional(),
})

const LOCATIONS = ['weur', 'eeur', 'apac', 'oc', 'wnam', 'enam'] as const
const JURISDICTIONS = ['eu', 'fedramp', 'us'] as const

/** Where D1 is to make it, which cannot be changed later; a word of ours, not of wrangler's file. */
const placedDatabase = database.extend({
  location: z.enum(LOCATIONS).optional(),
  jurisdiction: z.enum(JURISDICTIONS).optional(),
})

const shape = z.looseObject({
  name: z.string().min(1),
  main: z.string(),
  account_id: z.string().min(1).optional(),
  vars: z.record(z.string(), z.unknown()).default({}),
  d1_databases: z.array(database).default([]),
})

const ownShape = shape.partial().extend({
  env: z.undefined().optional(),
  d1_databases: z.array(placedDatabase).optional(),
})

type Database = z.infer<typeof placedDatabase>

export type BoundDatabase = {
  binding: string
  name: string
  /** Undefined until it was found in the account, or made there. */
  id: string | undefined
  migrationsFolder: string
  migrationsTable: string
  /** Options of its creation. */
  place: string[]
}

export type Configuration = {
  name: string
  accountId: string | undefined
  vars: Record<string, unknown>
  databases: BoundDatabase[]
  /** Everything, in wrangler's words. */
  raw: Record<string, unknown>
}

/** Throws CliFailure for a file that cannot be used. */
export function readConfiguration(files: DeployFiles, environment: Environment): Configuration {
  const base = readFile(files.base, shape)
  const own = existsSync(files.own) ? readFile(files.own, ownShape) : {}
  const isMain = environment === 'production'
  const name = own.name ?? (isMain ? base.name : `${base.name}-${environment}`)
  const vars = { ...base.vars, ...own.vars }
  const raw = { ...base, ...own, name, vars }
  const shared = base.d1_databases.map((each) => ({
    ...each,
    database_name: renamed(each, base.name, name),
    // An id in the project's file is that of the main service.
    ...(isMain ? {} : { database_id: undefined }),
  }))
  const databases = joined(shared, own.d1_databases ?? []).map((each) =>
    boundDatabase(each, name, dirname(files.base), shared[0]?.migrations_dir ?? 'migrations'),
  )
  return { name, accountId: raw.account_id, vars, databases, raw }
}

/** Account and ids of an earlier run. */
export function readMade(files: DeployFiles): {
  accountId: string | undefined
  ids: Map<string, string>
} {
  if (!existsSync(files.made)) return { accountId: undefined, ids: new Map() }
  const made = readFile(files.made, shape)
  const known = made.d1_databases.flatMap(({ binding, database_id }) => {
    const id = realId(database_id)
    return id === undefined ? [] : [[binding, id] as const]
  })
  return { accountId: made.account_id, ids: new Map(known) }
}

/** Written as a whole or not at all. Paths in it hold from any folder that it is put in. */
export function writeConfiguration(
  { raw, databases }: Configuration,
  accountId: string | undefined,
  files: DeployFiles,
  path: string = files.made,
): void {
  const root = dirname(files.base)
  const inPlace = (file: string) => {
    const whole = resolve(root, file)
    return dirname(path) === root ? relative(root, whole) : whole
  }
  const text = JSON.stringify(
    {
      ...raw,
      main: inPlace(String(raw.main)),
      ...(accountId !== undefined && { account_id: accountId }),
      d1_databases: databases.map((each) => ({
        ...rawDatabase(raw, each.binding),
        binding: each.binding,
        database_name: each.name,
        database_id: each.id ?? NO_ID,
        migrations_dir: inPlace(each.migrationsFolder),
        migrations_table: each.migrationsTable,
      })),
    },
    null,
    2,
  )
  const made = `// Made by npm run deploy from ${basename(files.base)} and ${basename(files.own)}, each time anew.\n`
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, `${made}${text}\n`)
  renameSync(draft, path)
}

function readFile<Schema extends z.ZodType>(path: string, schema: Schema): z.infer<Schema> {
  const result = schema.safeParse(parsed(path))
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new CliFailure(`${basename(path)} cannot be used. ${problems.join('; ')}`)
}

function parsed(path: string): unknown {
  try {
    return experimental_readRawConfig({ config: path }).rawConfig
  } catch (error) {
    const problem = error instanceof Error ? describe(error) : String(error)
    throw new CliFailure(`${basename(path)} cannot be used: ${problem}`)
  }
}

/** A parse error tells the place in further properties. */
function describe(error: Error): string {
  const { location } = error as { location?: { line?: number } }
  return location?.line === undefined ? error.message : `${error.message}, line ${location.line}`
}

/** The own file's entries over those of the same binding; further ones follow. */
function joined(shared: Database[], own: Database[]): Database[] {
  const bindings = new Set([...shared, ...own].map(({ binding }) => binding))
  return [...bindings].map((binding) => ({
    binding,
    ...shared.find((each) => each.binding === binding),
    ...own.find((each) => each.binding === binding),
  }))
}

/** Databases are called after the Worker, so that two services in an account never share one. */
function renamed({ database_name, binding }: Database, from: string, to: string): string {
  if (database_name === undefined) return defaultName(to, binding)
  return database_name.startsWith(from) ? `${to}${database_name.slice(from.length)}` : database_name
}

function defaultName(worker: string, binding: string): string {
  return `${worker}-${binding.toLowerCase().replaceAll('_', '-')}`
}

function boundDatabase(
  database: Database,
  worker: string,
  root: string,
  migrationsFolder: string,
): BoundDatabase {
  return {
    binding: database.binding,
    name: database.database_name ?? defaultName(worker, database.binding),
    id: realId(database.database_id),
    migrationsFolder: resolve(root, database.migrations_dir ?? migrationsFolder),
    migrationsTable: database.migrations_table ?? MIGRATIONS_TABLE,
    place: [
      ...(database.location === undefined ? [] : ['--location', database.location]),
      ...(database.jurisdiction === undefined ? [] : ['--jurisdiction', database.jurisdiction]),
    ],
  }
}

function realId(id: string | undefined): string | undefined {
  return id === undefined || id === '' || id === NO_ID ? undefined : id
}

/** What else stands in wrangler's words, such as `preview_database_id`. */
function rawDatabase(raw: Record<string, unknown>, binding: string): object {
  const all = Array.isArray(raw.d1_databases) ? raw.d1_databases : []
  const {
    location: _,
    jurisdiction: __,
    ...rest
  } = { ...all.find((each) => each.binding === binding) }
  return rest
}
