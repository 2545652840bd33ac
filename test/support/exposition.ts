// A strict reader of Prometheus' text format 0.0.4: what a scraper might let pass is an error here.

export type ReadFamily = {
  type: string
  help: string
  samples: { name: string; labels: Record<string, string>; value: number }[]
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const HELP = new RegExp(`^# HELP (${NAME}) (.*)$`)
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`)
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.+)\\})? (\\S+)$`)
const LABEL = /^([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/
const NUMBER = /^(?:-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[+-]Inf|NaN)$/

/** Families by name. Throws at the first line that is not what the format says. */
export function readExposition(text: string): Map<string, ReadFamily> {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line has no end')
  const families = new Map<string, ReadFamily>()
  const lines = text.split('\n').slice(0, -1)
  let name = ''
  const seen = new Set<string>()
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const help = HELP.exec(line)
    if (help !== null) {
      const type = TYPE.exec(lines[++at] ?? '')
      name = help[1] ?? ''
      if (type?.[1] !== name) throw new Error(`no type behind the help of ${name}`)
      if (families.has(name)) throw new Error(`${name} stands twice`)
      families.set(name, { type: type[2] ?? '', help: unquoted(help[2] ?? '', ''), samples: [] })
      continue
    }
    const sample = readSample(line)
    const family = families.get(name)
    if (family === undefined || !belongs(sample.name, name, family.type)) {
      throw new Error(`not of ${name}: ${line}`)
    }
    const series = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`
    if (seen.has(series)) throw new Error(`a second sample of ${line}`)
    seen.add(series)
    family.samples.push(sample)
  }
  for (const [histogram, family] of families) checkHistogram(histogram, family)
  return families
}

function readSample(line: string): ReadFamily['samples'][number] {
  const [, name, labels = '', value = ''] = SAMPLE.exec(line) ?? []
  if (name === undefined || !NUMBER.test(value)) throw new Error(`no sample: ${line}`)
  return { name, labels: readLabels(labels), value: Number(value.replace('Inf', 'Infinity')) }
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {}
  let rest = text
  while (rest !== '') {
    const [all, name, value] = LABEL.exec(rest) ?? []
    if (all === undefined || name === undefined || value === undefined || name in labels) {
      throw new Error(`no label: ${rest}`)
    }
    labels[name] = unquoted(value, '"')
    rest = rest.slice(all.length)
  }
  return labels
}

/** `quote` is what may be escaped besides a backslash and the end of a line. */
function unquoted(text: string, quote: string): string {
  return text.replace(/\\(.?)/gs, (_, char: string) => {
    if (char === 'n') return '\n'
    if (char === '\\' || (char !== '' && char === quote)) return char
    throw new Error(`a stray backslash in ${text}`)
  })
}

function belongs(sample: string, family: string, type: string): boolean {
  if (type !== 'histogram') return sample === family
  return ['_bucket', '_sum', '_count'].some((suffix) => sample === family + suffix)
}

/** Buckets rise, and the last one, without a bound, is the count. */
function checkHistogram(name: string, { type, samples }: ReadFamily): void {
  if (type !== 'histogram') return
  const last = new Map<string, { bound: number; value: number }>()
  for (const sample of samples) {
    const { le, ...labels } = sample.labels
    const series = JSON.stringify(Object.entries(labels).sort())
    const before = last.get(series) ?? { bound: Number.NEGATIVE_INFINITY, value: 0 }
    if (sample.name === `${name}_bucket`) {
      const bound = Number(le?.replace('Inf', 'Infinity'))
      if (!(bound > before.bound) || sample.value < before.value) throw new Error(`${series} falls`)
      last.set(series, { bound, value: sample.value })
    } else if (sample.name === `${name}_count`) {
      const isWhole = before.bound === Number.POSITIVE_INFINITY && before.value === sample.value
      if (!isWhole) throw new Error(`the buckets of ${series} do not add up`)
    }
  }
}
