// The operator's list of API keys: what to show and where each key's Durable Object is. The record
// itself, and its counters, live in that object alone.
import { desc, eq } from 'drizzle-orm'
import { orm, type Session } from './database.ts'
import { apiKeys } from './schema.ts'

export type ApiKeyEntry = typeof apiKeys.$inferSelect

export async function addApiKey(session: Session, entry: ApiKeyEntry): Promise<void> {
  await orm(session).insert(apiKeys).values(entry)
}

/** Newest first. */
export async function listApiKeys(session: Session): Promise<ApiKeyEntry[]> {
  return await orm(session).select().from(apiKeys).orderBy(desc(apiKeys.createdAtMs), apiKeys.id)
}

export async function findApiKey(session: Session, id: string): Promise<ApiKeyEntry | undefined> {
  return await orm(session).select().from(apiKeys).where(eq(apiKeys.id, id)).get()
}
