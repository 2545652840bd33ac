// Reading V8's CPU profiles: which functions the time was spent in.

export type CallFrame = { functionName: string; url: string; lineNumber: number }

/** As V8's Profiler domain gives it; times in microseconds. */
export type CpuProfile = {
  nodes: { id: number; callFrame: CallFrame }[]
  samples: number[]
  timeDeltas: number[]
}

/** A function and the time spent in it, not in what it called. */
export type SelfTime = { callFrame: CallFrame; milliseconds: number }

/** Every function that was seen, the dearest first. */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): SelfTime[] {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const byFunction = new Map<string, SelfTime>()
  for (const [place, id] of samples.entries()) {
    const callFrame = frames.get(id)
    if (callFrame === undefined) continue
    const { url, lineNumber, functionName } = callFrame
    const key = `${url}:${lineNumber}:${functionName}`
    const known = byFunction.get(key) ?? { callFrame, milliseconds: 0 }
    known.milliseconds += (timeDeltas[place] ?? 0) / 1000
    byFunction.set(key, known)
  }
  return [...byFunction.values()].sort((a, b) => b.milliseconds - a.milliseconds)
}

/** Time in which anything was done at all. */
export function activeMilliseconds(profile: CpuProfile): number {
  return selfTimes(profile)
    .filter(({ callFrame }) => callFrame.functionName !== '(idle)')
    .reduce((sum, { milliseconds }) => sum + milliseconds, 0)
}
