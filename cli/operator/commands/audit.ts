// `audit`: what operators changed, newest first.
import { type Command, InvalidArgumentError } from 'commander'
import { wholeNumber } from '../../option-values.ts'
import { renderJson, renderTable, renderTime } from '../../render.ts'
import type { Terminal } from '../../terminal.ts'
import type { AuditLine } from '../resources.ts'
import { openSession } from '../session.ts'

const LINES_DEFAULT = 50
const PAGE_LINES_MAX = 1_000
const DETAIL_CHARS_MAX = 60
const HEAD = ['AT', 'OPERATOR', 'ACTION', 'SUBJECT', 'DETAIL']

const EXAMPLES = `
Examples:
  $ npm run cli -- audit --limit 20
  $ npm run -s cli -- audit --limit 5000 --json`

export function audit(program: Command, terminal: Terminal): void {
  program
    .command('audit')
    .description('show what operators changed, newest first')
    .option('--limit <n>', 'lines to show', lineCount, LINES_DEFAULT)
    .addHelpText('after', EXAMPLES)
    .action(async ({ limit }: { limit: number }, command: Command) => {
      const { client, isJson } = await openSession(command, terminal)
      const lines: AuditLine[] = []
      let after = ''
      while (lines.length < limit) {
        const pageLimit = Math.min(limit - lines.length, PAGE_LINES_MAX)
        const query = new URLSearchParams({ limit: String(pageLimit), ...(after && { after }) })
        const page = await client.call<{ lines: AuditLine[]; next?: string }>({
          path: `/admin/audit/?${query}`,
        })
        lines.push(...page.lines)
        if (page.next === undefined) break
        after = page.next
      }
      terminal.print(isJson ? renderJson({ lines }) : renderLines(lines))
    })
}

function lineCount(text: string): number {
  const count = wholeNumber(text)
  if (count > 0) return count
  throw new InvalidArgumentError('Give a whole number from 1.')
}

function renderLines(lines: AuditLine[]): string {
  if (lines.length === 0) return 'Nothing was changed yet.\n'
  const rows = lines.map((line) => [
    renderTime(line.at),
    line.operator,
    line.action,
    line.subject,
    renderDetail(line),
  ])
  return renderTable(HEAD, rows)
}

/** Without what is empty, or in the row already. */
function renderDetail({ subject, detail }: AuditLine): string {
  const text = Object.entries(detail)
    .filter(([, value]) => value !== null && value !== '' && value !== subject)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ')
  return text.length <= DETAIL_CHARS_MAX ? text : `${text.slice(0, DETAIL_CHARS_MAX - 1)}…`
}
