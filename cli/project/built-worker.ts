// A Worker that was built before the start, for a service that may not write beside its program.
// It is known by the sources it was built from, so that none outlives an upgrade.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CliFailure } from '../failure.ts'
import { buildWorker } from './build-worker.ts'

const MARK = 'sources.sha256'

/** In place of what the folder held. */
export async function buildAhead(projectRoot: string, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  await buildWorker(projectRoot, folder)
  writeFileSync(join(folder, MARK), sourcesOf(projectRoot))
}

/** Throws CliFailure when the folder holds no Worker, or one of other sources. */
export function requireBuilt(projectRoot: string, folder: string): void {
  const problem = problemOf(projectRoot, folder)
  if (problem === undefined) return
  throw new CliFailure(`${folder} ${problem}. Run: npm run build -- ${folder}`)
}

function problemOf(projectRoot: string, folder: string): string | undefined {
  let built: string
  try {
    built = readFileSync(join(folder, MARK), 'utf8')
  } catch {
    return 'holds no Worker that was built ahead'
  }
  return built === sourcesOf(projectRoot) ? undefined : 'holds a Worker of other sources'
}

function sourcesOf(projectRoot: string): string {
  const hash = createHash('sha256')
  const files = readdirSync(join(projectRoot, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  const others = ['package.json', 'package-lock.json', 'wrangler.toml'].map((name) =>
    join(projectRoot, name),
  )
  for (const path of [...files, ...others].sort()) {
    hash
      .update(`${path.slice(projectRoot.length)}\0`)
      .update(readFileSync(path))
      .update('\0')
  }
  return hash.digest('hex')
}
