// Tables and indexes of one D1 database. Why each exists, what it costs and who writes it stands
// in docs/storage-schema.md. Migrations are generated from this file, never written by hand.
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

/** Collections and views; `ref` is the short key that the large tables use. */
export const collections = sqliteTable(
  'collections',
  {
    ref: integer('ref').primaryKey({ autoIncrement: true }),
    id: text('id').notNull().unique(),
    alias: text('alias').unique(),
    title: text('title').notNull().unique(),
    description: text('description'),
    isReadable: integer('is_readable', { mode: 'boolean' }).notNull().default(true),
    isWritable: integer('is_writable', { mode: 'boolean' }).notNull().default(false),
    /** JSON list of media types the collection stores. */
    mediaTypes: text('media_types', { mode: 'json' }).$type<string[]>().notNull(),
    /** Set on a view: the collection whose objects it selects. */
    parentRef: integer('parent_ref'),
    /** Set on a view: JSON list of the parent's lists whose members it takes. */
    selector: text('selector', { mode: 'json' }).$type<string[]>(),
    /** Object versions go this many days after they were added; null = never. */
    retentionDays: integer('retention_days'),
    /** Everything up to this date_added has been looked at by retention: only the exempt is left. */
    retainedThroughMs: integer('retained_through_ms').notNull().default(0),
    /** The greatest date_added ever given here; never goes back, not even after a delete. */
    lastAddedMs: integer('last_added_ms').notNull().default(0),
    /** Moved by a delete, so that nothing made before it is served after it. */
    revision: integer('revision').notNull().default(0),
    createdAtMs: integer('created_at_ms').notNull(),
    /** Only meaningful inside the transaction that adds objects: its first stamp and first ref. */
    batchBaseMs: integer('batch_base_ms').notNull().default(0),
    batchFirstRef: integer('batch_first_ref').notNull().default(0),
  },
  (table) => [index('collections_parent').on(table.parentRef)],
)

/** One row per object version of a collection that is not a view; the text is stored once. */
export const objects = sqliteTable(
  'objects',
  {
    ref: integer('ref').primaryKey(),
    collectionRef: integer('collection_ref').notNull(),
    stixId: text('stix_id').notNull(),
    type: text('type').notNull(),
    specVersion: text('spec_version').notNull(),
    /** Sorts as time does; empty for objects without versions. */
    versionKey: text('version_key').notNull(),
    /** The text of `modified`, else `created`; null when the object has neither. */
    version: text('version'),
    isFirst: integer('is_first', { mode: 'boolean' }).notNull().default(true),
    isLast: integer('is_last', { mode: 'boolean' }).notNull().default(true),
    /** Last version in the newest STIX version the object has here: what a plain page shows. */
    isCurrent: integer('is_current', { mode: 'boolean' }).notNull().default(true),
    bytes: integer('bytes').notNull(),
    /** JSON list of the lists this version stands in. */
    lists: text('lists').notNull(),
    /**
     * JSON list of the values and hashes it belongs to without an entry, since they are too many;
     * null = none, or what release 0.1 left out.
     */
    furtherLists: text('further_lists'),
    content: text('content').notNull(),
  },
  (table) => [
    uniqueIndex('objects_version').on(
      table.collectionRef,
      table.stixId,
      table.specVersion,
      table.versionKey,
    ),
  ],
)

/**
 * Every list of every collection in date_added order: the whole (`*`), by STIX type, by what
 * `match[type]` finds, by id. A page is a range of this primary key and nothing else.
 * The table is made WITHOUT ROWID (see migrations), which drizzle cannot say.
 */
export const listEntries = sqliteTable(
  'list_entries',
  {
    collectionRef: integer('collection_ref').notNull(),
    list: text('list').notNull(),
    isCurrent: integer('is_current', { mode: 'boolean' }).notNull(),
    dateAddedMs: integer('date_added_ms').notNull(),
    objectRef: integer('object_ref').notNull(),
    bytes: integer('bytes').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.collectionRef, table.list, table.isCurrent, table.dateAddedMs] }),
  ],
)

/** The operator's list of API keys. Nothing here lets anyone make or find a token. */
export const apiKeys = sqliteTable(
  'api_keys',
  {
    id: text('id').primaryKey(),
    /** Id of the Durable Object that holds the record and the counters. */
    objectId: text('object_id').notNull().unique(),
    /**
     * Name of that object, by which it can be made again in another namespace; null for keys of
     * releases that did not note it.
     */
    objectName: text('object_name').unique(),
    createdAtMs: integer('created_at_ms').notNull(),
    /** JSON: a copy of the record, so that a list of keys wakes none of their objects. */
    record: text('record', { mode: 'json' }).$type<unknown>().notNull(),
  },
  (table) => [index('api_keys_created').on(table.createdAtMs, table.id)],
)

/** Who may use the operator's API, besides the bootstrap token of the environment. */
export const operatorTokens = sqliteTable('operator_tokens', {
  id: text('id').primaryKey(),
  name: text('name').notNull().unique(),
  /** Keyed hash of the token, which itself is stored nowhere. */
  digest: text('digest').notNull().unique(),
  lastFour: text('last_four').notNull(),
  createdAtMs: integer('created_at_ms').notNull(),
})

/** One line for every change an operator made. */
export const auditLog = sqliteTable(
  'audit_log',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    atMs: integer('at_ms').notNull(),
    operator: text('operator').notNull(),
    action: text('action').notNull(),
    /** What was changed: an id, or empty when the action has no single subject. */
    subject: text('subject').notNull(),
    /** JSON: what the change was. */
    detail: text('detail', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  },
  (table) => [index('audit_log_at').on(table.atMs)],
)

/** Collections that are gone, whose rows are still being removed a portion at a time. */
export const removals = sqliteTable('removals', {
  collectionRef: integer('collection_ref').primaryKey(),
  requestedAtMs: integer('requested_at_ms').notNull(),
})

/** What past runs of housekeeping did, in the home database; the last ones are kept. */
export const housekeepingRuns = sqliteTable('housekeeping_runs', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  atMs: integer('at_ms').notNull(),
  /** JSON: cause, duration, and what was done in each database. */
  run: text('run', { mode: 'json' }).$type<unknown>().notNull(),
})

/**
 * Stretches of a collection's sequence in which a dear search found nothing, so that the next one
 * like it starts behind them. What is added later comes later in the sequence; a delete moves the
 * revision, which is part of what `search` digests.
 */
export const searchedStretches = sqliteTable(
  'searched_stretches',
  {
    collectionRef: integer('collection_ref').notNull(),
    search: text('search').notNull(),
    /** Nothing was found after this... */
    afterMs: integer('after_ms').notNull(),
    /** ...up to and with this. */
    toMs: integer('to_ms').notNull(),
    searchedAtMs: integer('searched_at_ms').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.collectionRef, table.search, table.afterMs] }),
    index('searched_stretches_at').on(table.searchedAtMs),
  ],
)

/** Status resources of past writes: the text in parts that D1 takes, visible to their owner. */
export const statuses = sqliteTable(
  'statuses',
  {
    id: text('id').notNull(),
    part: integer('part').notNull(),
    ownerKeyId: text('owner_key_id').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    text: text('text').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.id, table.part] }),
    index('statuses_created').on(table.createdAtMs),
  ],
)
