// STIX timestamps (§2.16) as text, as sortable instants and as integer microseconds. Nothing is
// rounded up: what a form cannot hold is cut off, so that order is never turned round.

// The fraction is bounded because an instant is kept as a sort key.
const TIMESTAMP = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,100})?Z$/
const SECONDS_CHARS = 'YYYY-MM-DDTHH:MM:SS'.length
const MILLIS_CHARS = 'YYYY-MM-DDTHH:MM:SS.sss'.length
const ISO_CHARS = 'YYYY-MM-DDTHH:MM:SS.sssZ'.length
const MICROS_PER_SECOND = 1_000_000
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const ZERO = 48

/**
 * The canonical text of an instant: no trailing zeros, no `Z`. Two timestamps name the same instant
 * exactly when these are equal, and they sort as time does, at any precision. Undefined when the
 * text is not a STIX timestamp. A second of 60 is refused: POSIX time, which the rest of the world
 * counts in, has no such instant.
 */
export function instantOf(text: string): string | undefined {
  if (!isTimestamp(text)) return undefined
  let end = text.length - 1
  if (end === SECONDS_CHARS) return text.slice(0, end)
  while (text.charCodeAt(end - 1) === ZERO) end -= 1
  return text.slice(0, end === SECONDS_CHARS + 1 ? SECONDS_CHARS : end)
}

/**
 * Integer microseconds since 1970-01-01T00:00:00Z; digits beyond the sixth are cut off. Outside the
 * years 1685 to 2254 a number no longer holds every microsecond, so there the whole fraction is cut
 * off. Undefined when the text is not a STIX timestamp.
 */
export function microsOf(text: string): number | undefined {
  if (!isTimestamp(text)) return undefined
  const seconds = Date.parse(`${text.slice(0, SECONDS_CHARS)}Z`) / 1000
  const fraction = Number(
    text
      .slice(SECONDS_CHARS + 1, -1)
      .slice(0, 6)
      .padEnd(6, '0'),
  )
  const micros = seconds * MICROS_PER_SECOND + fraction
  return Number.isSafeInteger(micros) ? micros : seconds * MICROS_PER_SECOND
}

/** Whole milliseconds since 1970; undefined when the text is no STIX timestamp or is finer. */
export function wholeMillisOf(text: string): number | undefined {
  const ms = millisAtOrAfter(text)
  return ms !== undefined && microsOf(text) === ms * 1000 ? ms : undefined
}

/**
 * The first whole millisecond that is not before the instant, at any precision. Undefined when the
 * text is not a STIX timestamp.
 */
export function millisAtOrAfter(text: string): number | undefined {
  const instant = instantOf(text)
  if (instant === undefined) return undefined
  const isFiner = instant.length > MILLIS_CHARS
  return Date.parse(`${instant.slice(0, MILLIS_CHARS)}Z`) + (isFiner ? 1 : 0)
}

/**
 * `YYYY-MM-DDTHH:MM:SS.ssssssZ`, exactly six digits (TAXII 2.1 §2), from integer microseconds since
 * 1970. Throws RangeError outside the years 0000 to 9999.
 */
export function formatMicros(micros: number): string {
  if (!Number.isInteger(micros)) throw new RangeError(`${micros} is not whole microseconds`)
  const remainder = micros % MICROS_PER_SECOND
  const fraction = remainder < 0 ? remainder + MICROS_PER_SECOND : remainder
  const seconds = (micros - fraction) / MICROS_PER_SECOND
  return `${isoOf(seconds * 1000).slice(0, -4)}${String(fraction).padStart(6, '0')}Z`
}

/** The same text from whole milliseconds since 1970. */
export function formatMillis(ms: number): string {
  return `${isoOf(ms).slice(0, -1)}000Z`
}

function isTimestamp(text: string): boolean {
  const match = TIMESTAMP.exec(text)
  if (match === null) return false
  const [, year, month, day, hour, minute, second] = match
  return (
    Number(day) >= 1 &&
    Number(day) <= daysIn(Number(year), Number(month)) &&
    Number(hour) <= 23 &&
    Number(minute) <= 59 &&
    Number(second) <= 59
  )
}

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 && isLeap ? 29 : (MONTH_DAYS[month - 1] ?? 0)
}

/** Always `YYYY-MM-DDTHH:MM:SS.sssZ`; a year of more digits would not sort. */
function isoOf(ms: number): string {
  const text = new Date(ms).toISOString()
  if (text.length !== ISO_CHARS || !Number.isInteger(ms)) {
    throw new RangeError(`${ms} is not whole milliseconds in the years 0000 to 9999`)
  }
  return text
}
