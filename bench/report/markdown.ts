// A run as a section of Markdown: what must be reached, then every figure.
import type { Figure } from '../part.ts'
import type { Spread } from '../statistics.ts'
import { isReached, TARGETS, type Target, type Verdict } from '../targets.ts'
import type { FailedPart, MeasuredPart, Run } from './run.ts'

export function renderRun(run: Run): string {
  const measured = run.parts.filter((part): part is MeasuredPart => 'result' in part)
  const verdicts = measured.flatMap(({ result }) => result.verdicts)
  return [
    `## ${run.begunAt.slice(0, 16).replace('T', ' ')} UTC`,
    renderSetting(run),
    ...(verdicts.length === 0 ? [] : [renderVerdicts(verdicts)]),
    ...run.parts.map(renderPart),
  ].join('\n\n')
}

export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

export function renderNumber(value: number): string {
  const size = Math.abs(value)
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3
  return value.toLocaleString('en', { maximumFractionDigits: digits })
}

function renderSetting({ machine, plan, tookSeconds }: Run): string {
  const { cores, processor, memoryBytes, system, loadBefore, versions, commit } = machine
  const { rounds, secondsPerRound, connections, reuse, isQuick } = plan
  const kind = isQuick ? 'A quick run, which only shows that everything works: ' : ''
  const lines = [
    `${cores} cores, ${processor}, ${renderNumber(memoryBytes / 2 ** 30)} GiB of memory, ${system}; load before the run ${renderNumber(loadBefore)}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    `${kind}${rounds} rounds of ${secondsPerRound} s by turns, ${connections} connections, ${renderNumber(tookSeconds)} s in all${commit === undefined ? '' : `, commit ${commit}`}`,
    ...(reuse
      ? ['Servers that an earlier run had loaded were used again: so were its loads.']
      : []),
  ]
  return lines.map((line) => `- ${line}`).join('\n')
}

function renderVerdicts(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map((verdict) => {
    const { measure, unit, sense, bound }: Target = TARGETS[verdict.target]
    const must = `${sense} ${renderNumber(bound)} ${unit}`.trim()
    if ('missing' in verdict) return [measure, must, `not measured: ${verdict.missing}`, '']
    const word = isReached(verdict) ? 'reached' : '**not reached**'
    return [measure, must, renderSpread(verdict.spread), word]
  })
  return renderTable(['Measure', 'Must be', 'Median (low to high)', ''], rows)
}

function renderPart(part: MeasuredPart | FailedPart): string {
  const title = `### ${part.title}`
  if ('problem' in part) return `${title}\n\nNot measured: ${part.problem}`
  const { figures, remarks } = part.result
  const table = renderTable(['', 'Median (low to high)', 'Unit', 'Samples'], figures.map(figureRow))
  const notes = remarks.map((remark) => `- ${remark}`).join('\n')
  return [title, ...(figures.length > 0 ? [table] : []), ...(notes === '' ? [] : [notes])].join(
    '\n\n',
  )
}

function figureRow({ what, unit, spread }: Figure): string[] {
  return [what, renderSpread(spread), unit, String(spread.samples)]
}

function renderSpread({ median, low, high, samples }: Spread): string {
  if (samples === 1) return renderNumber(median)
  return `${renderNumber(median)} (${renderNumber(low)} to ${renderNumber(high)})`
}
