// What the operator may set. The environment is read here, checked once, and nowhere else:
// every other file is handed a Config. A wrong value is refused at start with the field's name.
import * as z from 'zod'
import { shippedTiers, tiersSchema } from './tier.ts'

/** Settings that are secrets: no file of the project holds one. */
export const SECRET_NAMES = ['KEY_SECRET', 'ADMIN_TOKEN'] as const

/** What a D1 database may be bound as; the store finds those bindings by the same rule. */
export const DATABASE_BINDING = /^DB(?:_[A-Z0-9_]{1,30})?$/

const ORIGIN = /^https?:\/\/[^/\s?#]+$/
const SECRET_CHARS_MIN = 32

const wholeNumber = (fallback: number, min: number, max: number) =>
  z.preprocess(
    (text) => (text === undefined || text === '' ? fallback : Number(text)),
    z.int().min(min).max(max),
  )

const weight = (fallback: number) =>
  z.preprocess(
    (text) => (text === undefined || text === '' ? fallback : Number(text)),
    z.number().min(0).max(1000),
  )

const flag = (fallback: boolean) =>
  z.preprocess(
    (text) => (text === undefined || text === '' ? String(fallback) : String(text)),
    z.enum(['true', 'false']).transform((text) => text === 'true'),
  )

const text = (fallback: string) =>
  z.preprocess((value) => (value === undefined || value === '' ? fallback : value), z.string())

const jsonText = z.string().transform((value, context) => {
  try {
    return JSON.parse(value) as unknown
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON' })
    return z.NEVER
  }
})

const settings = z.object({
  /** Origin that clients use, e.g. `https://taxii.example.org`; empty = that of each request. */
  PUBLIC_ORIGIN: text('').refine((origin) => origin === '' || ORIGIN.test(origin), {
    message: 'must be an origin such as https://taxii.example.org, without a path',
  }),
  SERVER_TITLE: text('taxii-edge'),
  SERVER_DESCRIPTION: text('STIX 2.1 threat intelligence over TAXII 2.1'),
  SERVER_CONTACT: text(''),
  /** Where a refused client is told it can get the scope it lacks. */
  UPGRADE_URL: text('https://taxii-edge.example/upgrade'),
  /** Makes the check part of tokens and the names of key objects; changing it ends every key. */
  KEY_SECRET: z.string().min(SECRET_CHARS_MIN),
  /** The operator's first token; empty = only stored operator tokens are good. */
  ADMIN_TOKEN: text('').refine((token) => token === '' || token.length >= SECRET_CHARS_MIN, {
    message: `must have at least ${SECRET_CHARS_MIN} characters`,
  }),
  KEY_PREFIX: text('taxii').pipe(z.string().regex(/^[A-Za-z0-9]{2,16}$/)),
  /** JSON: tier name → limits, look-back and scopes. */
  TIERS: z
    .preprocess((value) => (value === '' ? undefined : value), jsonText.optional())
    .transform((value) => value ?? shippedTiers)
    .pipe(tiersSchema),
  KEY_IN_QUERY: flag(true),
  PAGE_LIMIT_DEFAULT: wholeNumber(100, 1, 10_000),
  PAGE_LIMIT_MAX: wholeNumber(1000, 1, 10_000),
  /** Up to 1,900,000 a page comes out of D1 as one text; larger ones cost more time and memory. */
  PAGE_BYTES_MAX: wholeNumber(1_900_000, 100_000, 50_000_000),
  /** Memory for finished pages in each isolate, which has 128 MB in all. */
  PAGE_CACHE_BYTES: wholeNumber(32_000_000, 0, 64_000_000),
  /** Whether pages are also kept in the data centre's cache; one machine has no use for it. */
  EDGE_CACHE: flag(true),
  /** Which requests leave a log line; `failures` = those answered with 400 or more. */
  REQUEST_LOG: text('all').pipe(z.enum(['all', 'failures', 'off'])),
  MAX_CONTENT_LENGTH: wholeNumber(10_000_000, 1_000, 90_000_000),
  /** Where new collections go: the binding of a D1 database. */
  COLLECTION_DATABASE: text('DB').refine((name) => DATABASE_BINDING.test(name), {
    message: 'must be DB, or DB_ and capitals, digits or _',
  }),
  /** Address of every client where all are on one machine; empty = that of CF-Connecting-IP. */
  CLIENT_ADDRESS: text(''),
  WEIGHT_OBJECTS_PAGE: weight(2.5),
  WEIGHT_MANIFEST_PAGE: weight(1),
  WEIGHT_ADD_OBJECTS: weight(2.5),
  WEIGHT_OTHER: weight(1),
})

/** Names of all settings but the secrets, for the programs that hand them on. */
export function settingNames(): string[] {
  const secrets: readonly string[] = SECRET_NAMES
  return Object.keys(settings.shape).filter((name) => !secrets.includes(name))
}

export type Config = ReturnType<typeof readConfig>

/** Thrown when the environment cannot be used; the message names every wrong field. */
export class ConfigError extends Error {}

const configs = new WeakMap<object, Config>()

/** The checked configuration of an environment; parsed once per isolate. Throws ConfigError. */
export function configOf(env: object): Config {
  const known = configs.get(env)
  if (known !== undefined) return known
  const config = readConfig(env as Record<string, unknown>)
  configs.set(env, config)
  return config
}

function readConfig(env: Record<string, unknown>) {
  const result = settings.safeParse(env)
  if (!result.success) {
    const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new ConfigError(`Configuration refused. ${problems.join('; ')}`)
  }
  const set = result.data
  if (set.PAGE_LIMIT_DEFAULT > set.PAGE_LIMIT_MAX) {
    throw new ConfigError('Configuration refused. PAGE_LIMIT_DEFAULT: is above PAGE_LIMIT_MAX')
  }
  const { COLLECTION_DATABASE: collectionDatabase } = set
  if (collectionDatabase !== 'DB' && typeof env[collectionDatabase] !== 'object') {
    throw new ConfigError('Configuration refused. COLLECTION_DATABASE: is no binding of a database')
  }
  return {
    collectionDatabase,
    publicOrigin: set.PUBLIC_ORIGIN,
    server: {
      title: set.SERVER_TITLE,
      description: set.SERVER_DESCRIPTION,
      contact: set.SERVER_CONTACT,
    },
    upgradeUrl: set.UPGRADE_URL,
    clientAddress: set.CLIENT_ADDRESS,
    keys: { secret: set.KEY_SECRET, prefix: set.KEY_PREFIX, inQuery: set.KEY_IN_QUERY },
    adminToken: set.ADMIN_TOKEN,
    tiers: set.TIERS,
    page: {
      limitDefault: set.PAGE_LIMIT_DEFAULT,
      limitMax: set.PAGE_LIMIT_MAX,
      bytesMax: set.PAGE_BYTES_MAX,
    },
    cache: { pageBytes: set.PAGE_CACHE_BYTES, isEdgeUsed: set.EDGE_CACHE },
    maxContentLength: set.MAX_CONTENT_LENGTH,
    requestLog: set.REQUEST_LOG,
    /** Cost of a request in thousandths of a unit: counted in integers, never in floats. */
    weights: {
      objectsPage: thousandths(set.WEIGHT_OBJECTS_PAGE),
      manifestPage: thousandths(set.WEIGHT_MANIFEST_PAGE),
      addObjects: thousandths(set.WEIGHT_ADD_OBJECTS),
      other: thousandths(set.WEIGHT_OTHER),
    },
  } as const
}

function thousandths(units: number): number {
  return Math.round(units * 1000)
}
