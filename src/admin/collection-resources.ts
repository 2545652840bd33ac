// Collections on the wire of the operator's API: what is asked for, and how one is shown.
import * as z from 'zod'
import { STIX } from '../http/media-type.ts'
import { formatMillis } from '../stix/timestamp.ts'
import type { PlacedCollection } from '../store/placed-collections.ts'
import { instantMs } from './instant.ts'

const STIX_20 = 'application/stix+json;version=2.0'

/** Clients address collections by title in lists split at these. */
const title = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^.,|]+$/, { message: 'may not contain . , or |' })

const alias = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,99}$/, {
    message: 'takes lower-case letters, digits, - and _, at most 100',
  })
  .refine((text) => !z.uuid().safeParse(text).success, { message: 'may not look like an id' })

/** Days after which an object version goes; null = never. */
const retentionDays = z.int().min(1).max(36_500).nullable()

const stixType = z.string().regex(/^[a-z0-9-]{3,250}$/, { message: 'is not a STIX type' })

export const newCollection = z
  .strictObject({
    id: z.uuidv4().toLowerCase().optional(),
    alias: alias.optional(),
    title,
    description: z.string().max(2000).optional(),
    can_read: z.boolean().default(true),
    can_write: z.boolean().default(false),
    media_types: z
      .array(z.enum([STIX, STIX_20]))
      .min(1)
      .default([STIX]),
    retention_days: retentionDays.optional(),
    /** Binding of the D1 database to keep it in; a view is where its collection is. */
    database: z.string().max(40).optional(),
    /** When it was first made, for one that is restored. */
    created: instantMs.optional(),
    /** Makes a view: a selection from another collection, by STIX type or indicator subtype. */
    view: z
      .strictObject({
        of: z.string(),
        types: z.array(stixType).default([]),
        subtypes: z.array(stixType).default([]),
        /** False: it begins empty, for members that are brought in with their dates. */
        fill: z.boolean().default(true),
      })
      .refine((view) => view.types.length + view.subtypes.length > 0, {
        message: 'selects nothing: give types or subtypes',
      })
      .optional(),
  })
  .meta({ id: 'NewCollection' })

/** What is left out stays as it is. */
export const collectionChange = z
  .strictObject({
    alias: alias.nullable(),
    title,
    description: z.string().max(2000).nullable(),
    can_read: z.boolean(),
    can_write: z.boolean(),
    retention_days: retentionDays,
  })
  .partial()
  .meta({ id: 'CollectionChange' })

export const collectionState = z
  .object({
    id: z.uuid(),
    alias: z.string().nullable(),
    title: z.string(),
    description: z.string().nullable(),
    can_read: z.boolean(),
    can_write: z.boolean(),
    media_types: z.array(z.string()),
    view_of: z.uuid().nullable(),
    selects: z.array(z.string()).nullable(),
    retention_days: z.int().nullable(),
    database: z.string(),
    last_added: z.string().nullable(),
    /** Moves when something that was shown must no longer be. */
    revision: z.int(),
    created: z.string(),
  })
  .meta({ id: 'CollectionState' })

export type CollectionState = z.infer<typeof collectionState>

export function collectionStateOf(
  each: PlacedCollection,
  all: PlacedCollection[],
): CollectionState {
  return {
    id: each.id,
    alias: each.alias,
    title: each.title,
    description: each.description,
    can_read: each.isReadable,
    can_write: each.isWritable,
    media_types: each.mediaTypes,
    view_of: all.find((parent) => isViewOf(each, parent))?.id ?? null,
    selects: each.selector,
    retention_days: each.retentionDays,
    database: each.database.name,
    last_added: each.lastAddedMs === 0 ? null : formatMillis(each.lastAddedMs),
    revision: each.revision,
    created: formatMillis(each.createdAtMs),
  }
}

/** A ref means something in its own database only. */
export function isViewOf(each: PlacedCollection, parent: PlacedCollection): boolean {
  return each.parentRef === parent.ref && each.database.name === parent.database.name
}
