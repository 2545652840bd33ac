// What a person sees while records travel: how many, of how many if that is known, and how fast.
import { newBar } from '../../progress-bar.ts'
import { renderCount } from '../../render.ts'
import type { Terminal } from '../../terminal.ts'

export type RecordProgress = { add: (records: number) => void; stop: () => void }

/** `total` is undefined where nobody knows it. */
export function startProgress(
  terminal: Terminal,
  name: string,
  total: number | undefined,
): RecordProgress {
  if (terminal.progress === undefined) return { add: () => {}, stop: () => {} }
  const isKnown = total !== undefined && total > 0
  const bar = newBar(
    terminal.progress,
    `${isKnown ? '{bar} {percentage}%  ' : ''}{name}  {records} records  {rate}/s`,
  )
  const startedMs = Date.now()
  let records = 0
  bar.start(isKnown ? total : 1, 0, { name, records: '0', rate: '0' })
  return {
    add(count) {
      records += count
      const seconds = Math.max(0.001, (Date.now() - startedMs) / 1000)
      const rate = renderCount(Math.round(records / seconds))
      bar.update(isKnown ? Math.min(records, total) : 0, {
        name,
        records: renderCount(records),
        rate,
      })
    },
    stop: () => bar.stop(),
  }
}
