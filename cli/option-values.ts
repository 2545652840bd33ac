// Readers of option values, shared by the commands. Each gives the value or a usage error.
import { isIP } from 'node:net'
import { InvalidArgumentError } from 'commander'
import { instantOf } from '../src/stix/timestamp.ts'

const UNIT_MS: Record<string, number> = { h: 3_600_000, d: 86_400_000 }

/** For an option that may be given several times. */
export function collect(value: string, previous: string[] = []): string[] {
  return [...previous, value]
}

/** Like `collect`, for networks in CIDR form. */
export function collectNetworks(value: string, previous: string[] = []): string[] {
  const [, address = '', bits] = /^([^/]+)\/(\d{1,3})$/.exec(value) ?? []
  const version = isIP(address)
  if (version !== 0 && Number(bits) <= (version === 4 ? 32 : 128)) return [...previous, value]
  throw new InvalidArgumentError('Give a network such as 192.0.2.0/24 or 2001:db8::/32.')
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

/** `2027-01-31T12:00:00Z`, `2027-01-31` (midnight UTC), or a span from now: `12h`, `30d`. */
export function futureTime(text: string): string {
  const [, count, unit] = /^(\d{1,5})([hd])$/.exec(text) ?? []
  if (count !== undefined) {
    return new Date(Date.now() + Number(count) * (UNIT_MS[unit ?? ''] ?? 0)).toISOString()
  }
  const timestamp = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text
  if (instantOf(timestamp) === undefined) {
    throw new InvalidArgumentError('Give a UTC timestamp, a date, or a span such as 30d or 12h.')
  }
  if (Date.parse(timestamp) > Date.now()) return timestamp
  throw new InvalidArgumentError('That time has passed.')
}
