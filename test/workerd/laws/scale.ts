// How long the laws are tried and with which seeds. `VITE_LAWS_SCALE=20` makes a run twenty times as
// long, `VITE_LAWS_SEED=7` repeats the run that printed this seed.
declare global {
  interface ImportMeta {
    readonly env: Record<string, string | undefined>
  }
}

export const SCALE = positive(import.meta.env.VITE_LAWS_SCALE) ?? 1

/** Seeds that differ from run to run, or the one asked for. */
export function seeds(many: number): number[] {
  const asked = positive(import.meta.env.VITE_LAWS_SEED)
  if (asked !== undefined) return [asked]
  return [...crypto.getRandomValues(new Uint32Array(many))].map((value) => value >>> 1 || 1)
}

/** The same seed gives the same numbers: below `max`, evenly. */
export function randomBelow(seed: number): (max: number) => number {
  let state = seed >>> 0
  return (max) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % max
  }
}

function positive(text: string | undefined): number | undefined {
  const value = Number(text)
  return value > 0 ? value : undefined
}
