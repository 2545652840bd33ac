// How the values of query parameters are written, and why a text is refused.
import * as z from 'zod'
import { instantOf, microsOf } from '../stix/timestamp.ts'

const VALUES_MAX = 100
const WANTED_TIMESTAMP = 'must be a UTC timestamp such as 2026-05-16T00:00:00Z'

export const timestampMicros = z.string().transform((text, context) => {
  const micros = microsOf(text)
  if (micros !== undefined && !/\.\d{10,}/.test(text)) return micros
  context.addIssue({ code: 'custom', message: WANTED_TIMESTAMP })
  return z.NEVER
})

export const positiveInteger = z
  .string()
  .refine((text) => /^\d{1,15}$/.test(text) && Number(text) > 0, {
    message: 'must be a whole number of at least 1',
  })
  .transform(Number)

/** Comma-separated alternatives (OR); an empty one is a mistake that would match nothing. */
export const alternatives = z
  .string()
  .transform((text) => text.split(','))
  .refine((values) => values.every((value) => value !== ''), { message: 'has an empty value' })
  .refine((values) => values.length <= VALUES_MAX, {
    message: `may have at most ${VALUES_MAX} values`,
  })

export const single = z
  .string()
  .refine((text) => text !== '', { message: 'is empty' })
  .refine((text) => !text.includes(','), { message: 'takes one STIX type' })

const versionKeywords = ['all', 'first', 'last']

export const versions = alternatives
  .refine((values) => new Set(values).size === values.length, { message: 'has a value twice' })
  .refine((values) => !values.includes('all') || values.length === 1, {
    message: 'all cannot be combined with other values',
  })
  .refine(
    (values) =>
      values.every((value) => versionKeywords.includes(value) || instantOf(value) !== undefined),
    { message: 'takes all, first, last, or timestamps of versions' },
  )

export const specVersions = alternatives.refine(
  (values) => values.every((value) => /^\d+\.\d+$/.test(value)),
  { message: 'takes STIX versions such as 2.1' },
)
