// The settings that the embedded server hands to the Worker, from environment variables of the same
// names, and what of them is different on one machine. Secrets are a matter of their own: secrets.ts.
import { settingNames } from '../../src/config/config.ts'

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
  const given = settingNames().flatMap((name) =>
    env[name] === undefined ? [] : [[name, env[name]]],
  )
  return { EDGE_CACHE: EDGE_CACHE_DEFAULT, ...Object.fromEntries(given) }
}
