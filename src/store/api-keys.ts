// The operator's list of API keys: a copy of each record and where its Durable Object is. What
// counts is the record in that object; the copy is for listing.
import { desc, eq, sql } from 'drizzle-orm'
import { orm, type Session } from './database.ts'
import { apiKeys } from './schema.ts'

export type ApiKeyEntry = typeof apiKeys.$inferSelect

/** Adds a key, or replaces what the list says of it. */
export async function putApiKey(session: Session, entry: ApiKeyEntry): Promise<void> {
  await orm(session)
    .insert(apiKeys)
    .values(entry)
    .onConflictDoUpdate({
      target: apiKeys.id,
      set: { record: entry.record, objectName: entry.objectName },
    })
}

/** Newest first; `before` continues after the last entry of an earlier answer. */
export async function listApiKeys(
  session: Session,
  { limit, before }: { limit: number; before?: ApiKeyEntry | undefined },
): Promise<ApiKeyEntry[]> {
  const isOlder =
    before === undefined
      ? undefined
      : sql`(${apiKeys.createdAtMs}, ${apiKeys.id}) < (${before.createdAtMs}, ${before.id})`
  return await orm(session)
    .select()
    .from(apiKeys)
    .where(isOlder)
    .orderBy(desc(apiKeys.createdAtMs), desc(apiKeys.id))
    .limit(limit)
}

export async function findApiKey(session: Session, id: string): Promise<ApiKeyEntry | undefined> {
  return await orm(session).select().from(apiKeys).where(eq(apiKeys.id, id)).get()
}
