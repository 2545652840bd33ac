// Long work goes in portions, so that no statement and no request runs for long.

/** Asked before each portion: whether it may be done, of so many and before a certain time. */
export type MayGoOn = () => boolean

export function portions(most: number, endsAtMs = Number.POSITIVE_INFINITY): MayGoOn {
  let left = most
  return () => left-- > 0 && Date.now() < endsAtMs
}
