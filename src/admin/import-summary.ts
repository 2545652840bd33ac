// What is answered to many objects at once: counts, and a reason for each that was refused.
import * as z from 'zod'
import type { Verdict } from '../ingest/load-objects.ts'

export const importSummary = z
  .object({
    received: z.int(),
    added: z.int(),
    /** Stored before, in this very version; their date_added has not moved. */
    already_there: z.int(),
    refused: z.array(
      z.object({
        /** Place of the object in the request, from 0. */
        index: z.int(),
        id: z.string(),
        version: z.string().nullable(),
        message: z.string(),
      }),
    ),
  })
  .meta({ id: 'ImportSummary' })

export function summaryOf(verdicts: Verdict[]): z.infer<typeof importSummary> {
  const count = (kind: Verdict['kind']) => verdicts.filter((each) => each.kind === kind).length
  return {
    received: verdicts.length,
    added: count('added'),
    already_there: count('present'),
    refused: verdicts.flatMap((verdict, index) => {
      if (verdict.kind !== 'refused') return []
      const { id, version, message } = verdict
      return [{ index, id, version: version ?? null, message }]
    }),
  }
}
