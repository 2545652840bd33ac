// The migrations of this source tree.
import { existsSync, readdirSync } from 'node:fs'

/** Names of the files, in the order in which they are applied; none where there is no such folder. */
export function migrationsIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
}
