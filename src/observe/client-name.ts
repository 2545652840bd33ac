// The product a client names itself by, fit for a log line: short, printable, without what may be a
// key.
import { withoutSecrets } from './secrets.ts'

const CHARS_MAX = 100
/** Cleaned before, since a fleet of pollers is a handful of products. */
const REMEMBERED_MAX = 200

const remembered = new Map<string, string>()

export function clientNameOf(userAgent: string | undefined): string | undefined {
  if (userAgent === undefined || userAgent === '') return undefined
  const known = remembered.get(userAgent)
  if (known !== undefined) return known
  const name = clean(userAgent)
  if (remembered.size >= REMEMBERED_MAX) remembered.clear()
  remembered.set(userAgent, name)
  return name
}

/** Secrets go before anything is cut: half a key is still no business of a log. */
function clean(userAgent: string): string {
  return withoutSecrets(userAgent)
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, CHARS_MAX)
}
