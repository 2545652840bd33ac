// Paging of the operator's lists: a limit, and the id after which to go on.

import * as z from 'zod'
import type { AppContext } from '../http/context.ts'
import type { QueryParameter } from '../http/operation.ts'

const LIMIT_DEFAULT = 100
const LIMIT_MAX = 1000

export const limit: QueryParameter = {
  schema: z
    .string()
    .refine((text) => /^[1-9]\d{0,6}$/.test(text), { message: 'must be a whole number from 1' })
    .transform((text) => Math.min(Number(text), LIMIT_MAX))
    .meta({ type: 'integer', minimum: 1, default: LIMIT_DEFAULT, maximum: LIMIT_MAX }),
  description: 'The most entries to return.',
}

export const after: QueryParameter = {
  schema: z.string().max(100).meta({ type: 'string' }),
  description: 'The `next` of the previous page.',
}

export function pageOf(c: AppContext): { limit: number; after: string | undefined } {
  const { limit: asked, after: id } = c.get('parameters') as { limit?: number; after?: string }
  return { limit: asked ?? LIMIT_DEFAULT, after: id === '' ? undefined : id }
}
