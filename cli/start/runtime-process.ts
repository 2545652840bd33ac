// The process in which the Worker runs. Miniflare starts it, and starts it again when it has crashed,
// but does not tell of it; it also takes signals that are for the whole program.
import type { ChildProcess } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setTimeout as sleep } from 'node:timers/promises'

const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** By Node, which tells of every process. `note` learns whether it is the first. */
export function watchRuntime(note: (pid: number, isFirst: boolean) => void) {
  let running: ChildProcess | undefined
  let hasEnded = () => {}
  const notice = (message: unknown) => {
    const { process: child } = message as { process: ChildProcess }
    child.once('exit', () => {
      if (child === running) hasEnded()
    })
    // The process has no number before it is spawned.
    child.once('spawn', () => {
      const isRuntime = child.spawnfile.includes('workerd')
      if (!isRuntime || child.pid === undefined) return
      const isFirst = running === undefined
      running = child
      note(child.pid, isFirst)
    })
  }
  subscribe('child_process', notice)
  return {
    stopWatching: () => unsubscribe('child_process', notice),
    /** `ended` is called at the very moment of the runtime's end. */
    async drain(deadlineMs: number, ended: () => void): Promise<boolean> {
      const end = Promise.withResolvers<true>()
      hasEnded = () => {
        ended()
        end.resolve(true)
      }
      running?.kill('SIGTERM')
      return await Promise.race([end.promise, sleep(deadlineMs, false as const, { ref: false })])
    },
  }
}

/** Miniflare would end this process on a signal before anything was put in order. */
export function withoutSignalHandlers<Made>(make: () => Made): Made {
  const before = new Map(ENDING_SIGNALS.map((signal) => [signal, process.listeners(signal)]))
  const made = make()
  for (const [signal, known] of before) {
    for (const listener of process.listeners(signal)) {
      if (!known.includes(listener)) process.off(signal, listener)
    }
  }
  return made
}
