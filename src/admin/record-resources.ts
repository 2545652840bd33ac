// Records on the wire of the operator's API: how a stretch of a sequence is asked for, what a page
// of it ends with, how a restore does.
import * as z from 'zod'
import type { QueryParameter } from '../http/operation.ts'
import { instantMs } from './instant.ts'

export const RECORDS_DEFAULT = 1_000
const LIMIT_MAX = 5_000

export const dateParameter = (description: string): QueryParameter => ({
  schema: instantMs.meta({ type: 'string', format: 'date-time' }),
  description,
})

export const recordLimit: QueryParameter = {
  schema: z
    .string()
    .refine((text) => /^[1-9]\d{0,6}$/.test(text), { message: 'must be a whole number from 1' })
    .transform((text) => Math.min(Number(text), LIMIT_MAX))
    .meta({ type: 'integer', minimum: 1, default: RECORDS_DEFAULT, maximum: LIMIT_MAX }),
  description: 'The most records to return.',
}

const objectRecord = z
  .object({
    date_added: z.string(),
    /** The object's text, as it is stored. */
    object: z.record(z.string(), z.unknown()).optional(),
    /** The same as a JSON string, in place of `object`: where the text spans lines. */
    text: z.string().optional(),
  })
  .meta({ id: 'ObjectRecord' })

const entryRecord = z
  .object({
    date_added: z.string(),
    id: z.string(),
    spec_version: z.string(),
    version: z.string().nullable(),
  })
  .meta({ id: 'ViewRecord' })

export const record = z.union([objectRecord, entryRecord])

const pageEnd = z
  .object({
    page: z.object({
      records: z.int(),
      more: z.boolean(),
      /** `date_added` of the last record: the `after` of the following page. */
      last: z.string().nullable(),
      /** Moves when something was deleted. */
      revision: z.int(),
    }),
  })
  .meta({ id: 'RecordPageEnd' })

export type PageEnd = z.infer<typeof pageEnd>

/** A line of an export. */
export const exportLine = z.union([objectRecord, entryRecord, pageEnd])

export const restoreEnd = z
  .strictObject({
    /** The last date that was brought in; null = none was. */
    after: instantMs.nullable(),
    /** The last date that was ever given there, if it is later: what it stood for is gone. */
    last_added: instantMs.nullable(),
  })
  .meta({ id: 'RestoreEnd' })
