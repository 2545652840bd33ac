// What operators did: one line for every change, newest first when read.
import { desc, lt } from 'drizzle-orm'
import { orm, type Session } from './database.ts'
import { auditLog } from './schema.ts'

export type AuditLine = typeof auditLog.$inferSelect

export async function addAuditLine(session: Session, line: Omit<AuditLine, 'id'>): Promise<void> {
  await orm(session).insert(auditLog).values(line)
}

/** `beforeId` continues after the last line of an earlier answer. */
export async function listAuditLines(
  session: Session,
  { limit, beforeId }: { limit: number; beforeId: number | undefined },
): Promise<AuditLine[]> {
  return await orm(session)
    .select()
    .from(auditLog)
    .where(beforeId === undefined ? undefined : lt(auditLog.id, beforeId))
    .orderBy(desc(auditLog.id))
    .limit(limit)
}

/** Removes lines older than this, so many at most; answers how many it removed. */
export async function expireAuditLines(
  session: Session,
  beforeMs: number,
  rowsMax: number,
): Promise<number> {
  const { meta } = await session
    .prepare(`DELETE FROM audit_log WHERE id IN (
      SELECT id FROM audit_log WHERE at_ms < ?1 ORDER BY at_ms LIMIT ?2)`)
    .bind(beforeMs, rowsMax)
    .run()
  return meta.changes
}
