// What clients write into headers may be anything, also a key. Every credential of this server, in
// plain or in base64, holds a longer run of letters and digits than the ids people make.

/** UUIDs, 128-bit ids in hex and our own request ids stay below; the shortest credential has 38. */
const RUN_CHARS_MAX = 32

const LONG_RUN = new RegExp(`[A-Za-z0-9]{${RUN_CHARS_MAX + 1},}`)
const LONG_RUNS = new RegExp(LONG_RUN, 'g')

export function mayHoldSecret(text: string): boolean {
  return LONG_RUN.test(text)
}

export function withoutSecrets(text: string): string {
  return text.replace(LONG_RUNS, '[hidden]')
}
