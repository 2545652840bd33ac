// The settings of src/config/config.ts that may be given to the embedded server through environment
// variables of the same names. Secrets are a matter of their own: secrets.ts.

export const SETTING_NAMES = [
  'PUBLIC_ORIGIN',
  'SERVER_TITLE',
  'SERVER_DESCRIPTION',
  'SERVER_CONTACT',
  'UPGRADE_URL',
  'KEY_PREFIX',
  'TIERS',
  'KEY_IN_QUERY',
  'PAGE_LIMIT_DEFAULT',
  'PAGE_LIMIT_MAX',
  'PAGE_BYTES_MAX',
  'PAGE_CACHE_BYTES',
  'EDGE_CACHE',
  'MAX_CONTENT_LENGTH',
  'REQUEST_LOG',
  'COLLECTION_DATABASE',
  'CLIENT_ADDRESS',
  'WEIGHT_OBJECTS_PAGE',
  'WEIGHT_MANIFEST_PAGE',
  'WEIGHT_ADD_OBJECTS',
  'WEIGHT_OTHER',
] as const

export const SECRET_NAMES = ['KEY_SECRET', 'ADMIN_TOKEN'] as const

/** Of requests that went well there is no line, unless it is asked for: one machine's log is read. */
const REQUEST_LOG_DEFAULT = 'failures'

/** `asked` is that of the command line. */
export function requestLogOf(
  asked: string | undefined,
  env: Record<string, string | undefined>,
): string {
  return asked ?? (env.REQUEST_LOG || REQUEST_LOG_DEFAULT)
}

/** The data centre's cache is for the isolates beside this one, of which there are none. */
const EDGE_CACHE_DEFAULT = 'false'

export function settingsFrom(env: Record<string, string | undefined>): Record<string, string> {
  const given = SETTING_NAMES.flatMap((name) =>
    env[name] === undefined ? [] : [[name, env[name]]],
  )
  return { EDGE_CACHE: EDGE_CACHE_DEFAULT, ...Object.fromEntries(given) }
}
