// The databases of an embedded server beyond those of wrangler.toml: as many as were asked for once,
// since what is in one would be out of reach without it.
import { CliFailure } from '../failure.ts'
import type { DataFolder } from './data-folder.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'

/** Enough to try it; each is a file of its own. */
export const DATABASES_MAX = 10

/** The bindings to have: `DB`, `DB_2` and so on. Without `asked`, as many as before. */
export function openDatabases(folder: DataFolder, asked: number | undefined): string[] {
  const kept = readCount(folder.databasesFile)
  const count = asked ?? kept
  if (count < kept) {
    throw new CliFailure(
      `${folder.path} has ${kept} databases, and collections may be in any. Leave out --databases, or give more.`,
    )
  }
  if (count > kept) writePrivateFile(folder.databasesFile, { databases: count })
  return Array.from({ length: count }, (_, at) => (at === 0 ? 'DB' : `DB_${at + 1}`))
}

function readCount(path: string): number {
  const kept = readPrivateFile(path)
  if (kept === undefined) return 1
  const { databases }: { databases?: unknown } = { ...Object(kept) }
  if (Number.isInteger(databases) && Number(databases) >= 1) return Number(databases)
  throw new CliFailure(
    `${path} cannot be used. Restore it, or delete the data folder to begin anew.`,
  )
}
