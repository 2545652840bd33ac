// A timestamp in the bodies and queries of the operator's API, as whole milliseconds.
import * as z from 'zod'
import { microsOf } from '../stix/timestamp.ts'

/** What is finer is cut off. */
export const instantMs = z.string().transform((text, context) => {
  const micros = microsOf(text)
  if (micros !== undefined && micros >= 0) return Math.floor(micros / 1000)
  context.addIssue({ code: 'custom', message: 'must be a UTC timestamp' })
  return z.NEVER
})
