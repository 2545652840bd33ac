// What a command that changes something is told: new values by their options, and by --reset the names
// of those that go back to what they are without one.
import { refuseUsage } from '../failure.ts'

type Told = {
  /** By the property each changes; undefined = left alone. */
  given: Record<string, unknown>
  reset: readonly string[] | undefined
  /** Properties by the names that --reset takes. */
  resettable: Readonly<Record<string, string>>
}

/** The properties to send, at least one; null for those that are reset. */
export function changesOf({ given, reset = [], resettable }: Told): Record<string, unknown> {
  const changed = Object.entries(given).filter(([, value]) => value !== undefined)
  const cleared = reset.map((name) => {
    const property = Object.hasOwn(resettable, name) ? resettable[name] : undefined
    if (property === undefined) {
      return refuseUsage(`--reset takes ${Object.keys(resettable).join(', ')}, not ${name}`)
    }
    if (changed.some(([each]) => each === property)) refuseUsage(`${name} is both given and reset`)
    return [property, null]
  })
  if (changed.length + cleared.length === 0) refuseUsage('Nothing to change: name an option')
  return Object.fromEntries([...changed, ...cleared])
}
