// Operators' tokens, by their keyed hash.
import { asc, eq } from 'drizzle-orm'
import { orm, type Session } from './database.ts'
import { operatorTokens } from './schema.ts'

export type OperatorToken = typeof operatorTokens.$inferSelect

/** False when the name is taken. */
export async function addOperatorToken(session: Session, token: OperatorToken): Promise<boolean> {
  const added = await orm(session)
    .insert(operatorTokens)
    .values(token)
    .onConflictDoNothing()
    .returning({ id: operatorTokens.id })
  return added.length === 1
}

export async function listOperatorTokens(session: Session): Promise<OperatorToken[]> {
  return await orm(session).select().from(operatorTokens).orderBy(asc(operatorTokens.name))
}

export async function findOperatorToken(
  session: Session,
  digest: string,
): Promise<OperatorToken | undefined> {
  return await orm(session)
    .select()
    .from(operatorTokens)
    .where(eq(operatorTokens.digest, digest))
    .get()
}

/** False when there is no such token. */
export async function removeOperatorToken(session: Session, id: string): Promise<boolean> {
  const removed = await orm(session)
    .delete(operatorTokens)
    .where(eq(operatorTokens.id, id))
    .returning({ id: operatorTokens.id })
  return removed.length === 1
}
