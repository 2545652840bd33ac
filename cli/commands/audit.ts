// `audit`: what operators changed, newest first.
import type { Command } from 'commander'
import { wholeNumber } from '../option-values.ts'
import { renderJson, renderTable, renderTime } from '../render.ts'
import type { AuditLine } from '../resources.ts'
import { openSession } from '../session.ts'
import type { Terminal } from '../terminal.ts'

const LINES_DEFAULT = 50
const PAGE_LINES_MAX = 1_000
const DETAIL_CHARS_MAX = 80

const EXAMPLES = `
Examples:
  $ npm run cli -- audit --limit 20
  $ npm run -s cli -- audit --limit 5000 --json`

export function audit(program: Command, terminal: Terminal): void {
  program
    .command('audit')
    .description('show what operators changed, newest first')
    .option('--limit <n>', 'lines to show', wholeNumber, LINES_DEFAULT)
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
      terminal.print(isJson ? renderJson(lines) : renderLines(lines))
    })
}

function renderLines(lines: AuditLine[]): string {
  if (lines.length === 0) return 'Nothing was changed yet.\n'
  const rows = lines.map(({ at, operator, action, subject, detail }) => [
    renderTime(at),
    operator,
    action,
    subject,
    shortened(JSON.stringify(detail)),
  ])
  return renderTable(['at', 'operator', 'action', 'subject', 'detail'], rows)
}

function shortened(text: string): string {
  return text.length <= DETAIL_CHARS_MAX ? text : `${text.slice(0, DETAIL_CHARS_MAX - 3)}...`
}
