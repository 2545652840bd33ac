// Readers of option values, shared by the commands. Each gives the value or a usage error.
import { InvalidArgumentError } from 'commander'
import { parseNetwork } from '../src/keys/networks.ts'
import { instantOf } from '../src/stix/timestamp.ts'

const UNIT_SECONDS: Record<string, number> = { m: 60, h: 3_600, d: 86_400 }

/** For an option that may be given several times. */
export function collect(value: string, previous: string[] = []): string[] {
  return [...previous, value]
}

/** Like `collect`, for networks in CIDR form and single addresses. */
export function collectNetworks(value: string, previous: string[] = []): string[] {
  if (parseNetwork(value) !== undefined) return [...previous, value]
  throw new InvalidArgumentError(
    'Give a network such as 192.0.2.0/24 or 2001:db8::/32, or an address.',
  )
}

export function wholeNumber(text: string): number {
  const number = Number(text)
  if (/^\d{1,15}$/.test(text)) return number
  throw new InvalidArgumentError('Give a whole number.')
}

/** Whole days, from one to a hundred years. */
export function days(text: string): number {
  const count = wholeNumber(text)
  if (count >= 1 && count <= 36_500) return count
  throw new InvalidArgumentError('Give days, from 1 to 36500.')
}

/** Seconds in a span such as `7d`, `12h` or `30m`; a bare number is of seconds. */
export function span(text: string): number {
  const seconds = /^\d{1,8}$/.test(text) ? Number(text) : spanSeconds(text)
  if (seconds !== undefined) return seconds
  throw new InvalidArgumentError('Give a span such as 7d, 12h or 30m, or seconds.')
}

/** `2027-01-31T12:00:00Z`, `2027-01-31` (midnight UTC), or a span from now: `30m`, `12h`, `30d`. */
export function futureTime(text: string): string {
  const seconds = spanSeconds(text)
  if (seconds !== undefined) return new Date(Date.now() + seconds * 1000).toISOString()
  const timestamp = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text
  if (instantOf(timestamp) === undefined) {
    throw new InvalidArgumentError('Give a UTC timestamp, a date, or a span such as 30d or 12h.')
  }
  if (Date.parse(timestamp) > Date.now()) return timestamp
  throw new InvalidArgumentError('That time has passed.')
}

function spanSeconds(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? []
  return count === undefined ? undefined : Number(count) * (UNIT_SECONDS[unit] ?? 0)
}
