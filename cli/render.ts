// How answers are shown to people: plain tables, and lists of named properties.
import Table from 'cli-table3'

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}
const PLAIN = { 'padding-left': 0, 'padding-right': 0, head: [], border: [] }

export function renderTable(head: string[], rows: string[][]): string {
  return render([head, ...rows])
}

/** One line a property, names aligned; those without a value are left out. */
export function renderProperties(properties: Record<string, string | null | undefined>): string {
  const rows = Object.entries(properties).flatMap(([name, value]) =>
    value === null || value === undefined || value === '' ? [] : [[name, value]],
  )
  return render(rows)
}

export function renderJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** Seconds are enough for people. */
export function renderTime(timestamp: string): string {
  return `${timestamp.slice(0, 19).replace('T', ' ')}Z`
}

export function renderCount(count: number): string {
  return count.toLocaleString('en-US')
}

const BYTE_UNITS = ['bytes', 'kB', 'MB', 'GB']

/** Three digits are enough for people. */
export function renderBytes(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), BYTE_UNITS.length - 1)
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${BYTE_UNITS[power]}`
}

function render(rows: string[][]): string {
  const table = new Table({ chars: NO_BORDERS, style: PLAIN })
  table.push(...rows.map((row) => row.map(visible)))
  const lines = table.toString().split('\n')
  return lines.map((line) => `${line.trimEnd()}\n`).join('')
}

/** Labels and titles may hold anything; control characters would rule the terminal. */
function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, '\ufffd')
}
