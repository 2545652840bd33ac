// The modules of a built Worker: the entry, and whatever it imports that is not code.
import { readdirSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'

export type ModuleType = 'ESModule' | 'Text' | 'Data' | 'CompiledWasm'

/** Which files are modules of a type, as wrangler was told. */
export type ModuleRule = { type: ModuleType; include: string[] }

const ENTRY = 'index.js'

/** The entry comes first. Files that no rule knows, such as source maps, are no modules. */
export function listModules(
  folder: string,
  rules: readonly ModuleRule[],
): { type: ModuleType; path: string }[] {
  const modules = readdirSync(folder).flatMap((name) => {
    const rule = rules.find(({ include }) => include.some((pattern) => matchesGlob(name, pattern)))
    return rule === undefined ? [] : [{ type: rule.type, path: join(folder, name) }]
  })
  return [{ type: 'ESModule', path: join(folder, ENTRY) }, ...modules]
}
