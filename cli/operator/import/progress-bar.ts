// The bar that a person sees while an import runs; measured in bytes, since nobody knows how many
// objects a file has.
import { newBar } from '../../progress-bar.ts'
import { renderCount } from '../../render.ts'
import type { Terminal } from '../../terminal.ts'

export type ProgressBar = { update: (bytes: number, objects: number) => void; stop: () => void }

export function startProgressBar(terminal: Terminal, bytesTotal: number | undefined): ProgressBar {
  if (terminal.progress === undefined || bytesTotal === undefined || bytesTotal === 0) {
    return { update: () => {}, stop: () => {} }
  }
  const bar = newBar(terminal.progress, '{bar} {percentage}%  {objects} objects  {rate}/s')
  const startedMs = Date.now()
  let objectsBefore: number | undefined
  bar.start(bytesTotal, 0, { objects: '0', rate: '0' })
  return {
    update(bytes, objects) {
      objectsBefore ??= objects
      const seconds = Math.max(0.001, (Date.now() - startedMs) / 1000)
      const rate = renderCount(Math.round((objects - objectsBefore) / seconds))
      bar.update(Math.min(bytes, bytesTotal), { objects: renderCount(objects), rate })
    },
    stop: () => bar.stop(),
  }
}
