// The text format of metrics, read back by a strict reader: every text that a label or a help can hold
// comes back as it was.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expositionOf, type Family } from '../../../src/observe/exposition.ts'
import { readExposition } from '../../support/exposition.ts'

const gauge = (samples: Family['samples'], help = 'a help'): Family => ({
  name: 'a_gauge',
  type: 'gauge',
  help,
  samples,
})

describe('the text format', () => {
  it('is written as the specification shows it', () => {
    const families: Family[] = [
      {
        name: 'http_requests_total',
        type: 'counter',
        help: 'All of\nthem \\ "each".',
        samples: [
          { labels: { method: 'post', path: 'C:\\a "b"\n' }, value: 1027 },
          { labels: { method: 'get', path: '' }, value: 3 },
        ],
      },
      gauge([{ value: Number.POSITIVE_INFINITY }]),
    ]
    expect(expositionOf(families)).toBe(
      [
        '# HELP http_requests_total All of\\nthem \\\\ "each".',
        '# TYPE http_requests_total counter',
        'http_requests_total{method="post",path="C:\\\\a \\"b\\"\\n"} 1027',
        'http_requests_total{method="get",path=""} 3',
        '# HELP a_gauge a help',
        '# TYPE a_gauge gauge',
        'a_gauge +Inf',
        '',
      ].join('\n'),
    )
  })

  it('leaves out a family that has no samples', () => {
    expect(expositionOf([gauge([])])).toBe('')
  })

  it.each([0, -1.5, 1e21, 1e-7, 1_234_567_890_123, Number.NaN, Number.NEGATIVE_INFINITY])(
    'writes %d so that it is read as it was',
    (value) => {
      const read = readExposition(expositionOf([gauge([{ value }])]))
      expect(read.get('a_gauge')?.samples[0]?.value).toBe(value)
    },
  )

  it('brings every text back', () => {
    const text = fc.string({
      unit: fc.constantFrom('\\', '"', '\n', 'n', '{', '}', ',', '=', 'é', ' '),
    })
    fc.assert(
      fc.property(text, text, text, (a, b, help) => {
        const written = expositionOf([gauge([{ labels: { a, b }, value: 1 }], help)])
        expect(readExposition(written).get('a_gauge')).toEqual({
          type: 'gauge',
          help,
          samples: [{ name: 'a_gauge', labels: { a, b }, value: 1 }],
        })
      }),
    )
  })
})

describe('the reader of the tests', () => {
  const head = '# HELP a b\n# TYPE a gauge\n'

  it.each([
    [`${head}a 1`, 'has no end'],
    [`${head}a one\n`, 'no sample'],
    [`${head}a{x="1} 1\n`, 'no label'],
    [`${head}a{x="\\t"} 1\n`, 'no label'],
    [`${head}a{x="1",x="2"} 1\n`, 'no label'],
    [`${head}b 1\n`, 'not of a'],
    [`${head}a 1\na 1\n`, 'a second sample'],
    [`${head}a 1\n${head}`, 'twice'],
    ['a 1\n', 'not of'],
    ['# HELP a b\na 1\n', 'no type'],
    ['# HELP a b\\c\n# TYPE a gauge\n', 'stray backslash'],
    ['# HELP a b\n# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\n', 'falls'],
    ['# HELP a b\n# TYPE a histogram\na_bucket{le="+Inf"} 1\na_count 2\n', 'add up'],
  ])('refuses %j', (text, problem) => {
    expect(() => readExposition(text)).toThrow(problem)
  })
})
