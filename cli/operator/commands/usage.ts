// `usage`: who reads what, how much, why they were refused, and how far behind they are.
import type { Command } from 'commander'
import { renderCount, renderJson, renderProperties, renderTable, renderTime } from '../../render.ts'
import type { Terminal } from '../../terminal.ts'
import { type CollectionState, type KeyUsage, keyPath, type UsagePeriod } from '../resources.ts'
import { openSession } from '../session.ts'

const EXAMPLES = `
Examples:
  $ npm run cli -- usage key_...
  $ npm run cli -- usage key_... --minutes
  $ npm run -s cli -- usage key_... --json`

export function usage(program: Command, terminal: Terminal): void {
  program
    .command('usage')
    .description('show what an API key was used for, and how far behind its reader is')
    .argument('<key>', 'id of the key, as listed')
    .option('--minutes', 'by minute for the last hour, rather than by day')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: { minutes?: true }, command: Command) => {
      const { client, isJson } = await openSession(command, terminal)
      const used = await client.call<KeyUsage>({ path: `${keyPath(id)}usage/` })
      if (isJson) return terminal.print(renderJson(used))
      const { collections } = await client.call<{ collections: CollectionState[] }>({
        path: '/admin/collections/',
      })
      terminal.print(renderUsage(used, collections, options.minutes === true))
    })
}

function renderUsage(used: KeyUsage, collections: CollectionState[], isByMinute: boolean): string {
  const parts = [
    renderProperties({
      key: used.id,
      'last used': used.last_used === null ? 'never' : renderTime(used.last_used),
    }),
    renderPeriods(isByMinute ? used.minutes : used.days),
    renderReads(used, collections),
  ]
  return parts.filter((part) => part !== '').join('\n')
}

function renderPeriods(periods: UsagePeriod[]): string {
  if (periods.length === 0) return ''
  const head = ['FROM', 'REQUESTS', 'UNITS', 'OBJECTS', 'BYTES', 'REFUSED']
  const rows = periods.map((period) => [
    renderTime(period.start),
    renderCount(period.requests),
    renderCount(period.units),
    renderCount(period.objects),
    renderCount(period.bytes),
    renderRefused(period.refused),
  ])
  return renderTable(head, rows)
}

function renderRefused(refused: Record<string, number>): string {
  const reasons = Object.entries(refused).filter(([, count]) => count > 0)
  return reasons.map(([reason, count]) => `${renderCount(count)} ${reason}`).join(', ') || '-'
}

function renderReads({ reads }: KeyUsage, collections: CollectionState[]): string {
  if (reads.length === 0) return ''
  const head = ['COLLECTION', 'READ UP TO', 'READ AT', 'OBJECTS BEHIND', 'TIME BEHIND']
  const rows = reads.map((read) => [
    collections.find(({ id }) => id === read.collection)?.alias ?? read.collection,
    renderTime(read.position),
    renderTime(read.at),
    `${renderCount(read.objects_behind)}${read.or_more ? ' or more' : ''}`,
    read.objects_behind === 0 ? 'at the head' : renderSpan(read.seconds_behind),
  ])
  return renderTable(head, rows)
}

function renderSpan(seconds: number): string {
  if (seconds < 120) return `${renderCount(Math.round(seconds))} s`
  if (seconds < 7_200) return `${renderCount(Math.round(seconds / 60))} min`
  if (seconds < 172_800) return `${renderCount(Math.round(seconds / 3_600))} h`
  return `${renderCount(Math.round(seconds / 86_400))} d`
}
