import { describe, expect, it } from 'vitest'
import { planOf } from '../../../bench/plan.ts'
import { withSection } from '../../../bench/report/document.ts'
import { renderNumber, renderRun, renderTable } from '../../../bench/report/markdown.ts'
import type { Run } from '../../../bench/report/run.ts'
import { spreadOf } from '../../../bench/statistics.ts'
import { isReached } from '../../../bench/targets.ts'

const RUN: Run = {
  begunAt: '2026-03-04T05:06:07.890Z',
  tookSeconds: 61.5,
  plan: planOf({ isQuick: false, reuse: false }),
  machine: {
    cores: 2,
    processor: 'Example 9000',
    memoryBytes: 8 * 2 ** 30,
    system: 'Linux 1.2.3',
    loadBefore: 0.04,
    versions: { Node: '24.0.0' },
    commit: 'abcdef0',
  },
  parts: [
    {
      name: 'warm',
      title: 'Warm pages',
      result: {
        figures: [{ what: 'a page', unit: 'requests/s', spread: spreadOf([1500, 1800, 1700]) }],
        verdicts: [
          { target: 'warm-page', spread: spreadOf([0.4, 0.6, 0.7]) },
          { target: 'growth', spread: spreadOf([1.3]) },
          { target: 'walk-cold', missing: 'no peer' },
        ],
        remarks: ['One thing to know.'],
      },
    },
    { name: 'cold', title: 'Cold pages', problem: 'it broke' },
  ],
}

describe('the report', () => {
  it('draws a table', () => {
    expect(renderTable(['a', 'b'], [['1', '2']])).toBe('| a | b |\n| --- | --- |\n| 1 | 2 |')
  })

  it.each([
    [1_234_567.8, '1,234,568'],
    [812.4, '812'],
    [45.67, '45.7'],
    [1.2345, '1.23'],
    [0.12345, '0.123'],
    [0, '0'],
  ])('writes %d in the digits that matter', (value, text) => {
    expect(renderNumber(value)).toBe(text)
  })

  it('is dated and says where it was made', () => {
    const text = renderRun(RUN)
    expect(text.startsWith('## 2026-03-04 05:06 UTC\n')).toBe(true)
    expect(text).toContain('2 cores, Example 9000, 8 GiB of memory')
    expect(text).toContain('commit abcdef0')
  })

  it('holds each value to its target by the median', () => {
    const rows = renderRun(RUN).split('\n')
    const row = (start: string) => rows.find((line) => line.startsWith(`| ${start}`))
    expect(row('warm page of 1,000')).toMatch(/at least 0\.5 \| 0\.6 \(0\.4 to 0\.7\) \| reached/)
    expect(row('page latency')).toMatch(/at most 1\.15 \| 1\.3 \| \*\*not reached\*\*/)
    expect(row('walk, pages of 1,000, cold')).toMatch(/at least 5 \| not measured: no peer/)
  })

  it('tells which part could not be measured, and why', () => {
    expect(renderRun(RUN)).toContain('### Cold pages\n\nNot measured: it broke')
  })

  it('takes the bound itself as reached, on either side', () => {
    expect(isReached({ target: 'warm-page', spread: spreadOf([0.5]) })).toBe(true)
    expect(isReached({ target: 'growth', spread: spreadOf([1.15]) })).toBe(true)
    expect(isReached({ target: 'growth', missing: 'no data' })).toBeUndefined()
  })
})

describe('the document', () => {
  const sections = (document: string) => document.match(/^## .+$/gm)

  it('begins with a heading when there was none', () => {
    const document = withSection('', '## one\n\ntext')
    expect(document.startsWith('# Benchmark\n')).toBe(true)
    expect(sections(document)).toEqual(['## one'])
  })

  it('puts the newest section first and keeps the earlier ones', () => {
    const first = withSection('', '## one\n\n### part\n\ntext of one')
    const document = withSection(withSection(first, '## two\n\ntext'), '## three\n\ntext')
    expect(sections(document)).toEqual(['## three', '## two', '## one'])
    expect(document).toContain('### part\n\ntext of one\n')
    expect(document.match(/^# Benchmark$/gm)).toHaveLength(1)
  })
})
