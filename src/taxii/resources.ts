// The wire shapes of TAXII 2.1 resources (§3.6, §3.7, §4, §5), as schemas: they document the
// answers and give the types that handlers must produce.
import * as z from 'zod'

const timestamp = z.string().meta({ format: 'date-time' })

export const discovery = z
  .object({
    title: z.string(),
    description: z.string().optional(),
    contact: z.string().optional(),
    default: z.string().optional(),
    api_roots: z.array(z.string()),
  })
  .meta({ id: 'Discovery' })

export const apiRoot = z
  .object({
    title: z.string(),
    description: z.string().optional(),
    versions: z.array(z.string()),
    max_content_length: z.int().positive(),
  })
  .meta({ id: 'ApiRoot' })

export const collection = z
  .object({
    id: z.uuid(),
    title: z.string(),
    description: z.string().optional(),
    alias: z.string().optional(),
    can_read: z.boolean(),
    can_write: z.boolean(),
    media_types: z.array(z.string()),
  })
  .meta({ id: 'Collection' })

export const collections = z
  .object({ collections: z.array(collection).optional() })
  .meta({ id: 'Collections' })

/** TAXII's envelope and the published contract's bundle in one. */
export const stixBundle = z
  .object({
    type: z.enum(['bundle']),
    id: z.string().regex(/^bundle--[0-9a-f-]+$/),
    more: z.boolean(),
    next: z.string().optional(),
    objects: z.array(z.object({})),
  })
  .meta({ id: 'STIXBundle' })

export const manifest = z
  .object({
    more: z.boolean(),
    next: z.string().optional(),
    objects: z.array(
      z.object({
        id: z.string(),
        date_added: timestamp,
        version: z.string(),
        media_type: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'Manifest' })

export const versions = z
  .object({ more: z.boolean(), next: z.string().optional(), versions: z.array(z.string()) })
  .meta({ id: 'Versions' })

export const envelope = z.object({ objects: z.array(z.object({})).min(1) }).meta({ id: 'Envelope' })

const statusDetails = z.array(
  z.object({ id: z.string(), version: z.string(), message: z.string().optional() }),
)

export const status = z
  .object({
    id: z.uuid(),
    status: z.enum(['complete', 'pending']),
    request_timestamp: timestamp,
    total_count: z.int(),
    success_count: z.int(),
    successes: statusDetails.optional(),
    failure_count: z.int(),
    failures: statusDetails.optional(),
    pending_count: z.int(),
    pendings: statusDetails.optional(),
  })
  .meta({ id: 'Status' })

export type Versions = z.infer<typeof versions>
export type Status = z.infer<typeof status>
export type Discovery = z.infer<typeof discovery>
export type ApiRoot = z.infer<typeof apiRoot>
export type CollectionResource = z.infer<typeof collection>
export type Collections = z.infer<typeof collections>
export type Manifest = z.infer<typeof manifest>
