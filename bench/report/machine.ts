// Where a run was made: figures mean nothing without it.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'
import { fileURLToPath } from 'node:url'
import { pinnedVersion } from '../servers/python-peer.ts'

export type Machine = {
  cores: number
  processor: string
  memoryBytes: number
  system: string
  /** Processes that wanted a core, over the minute before the run. */
  loadBefore: number
  /** Name → version. */
  versions: Record<string, string>
  /** Commit that was measured, with a mark when files differ from it. */
  commit: string | undefined
}

const PACKAGES = ['workerd', 'miniflare', 'wrangler', 'autocannon'] as const

export function describeMachine(): Machine {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    loadBefore: loadavg()[0] ?? 0,
    versions: {
      Node: process.versions.node,
      ...Object.fromEntries(PACKAGES.map((name) => [name, packageVersion(name)])),
      OpenTAXII: pinnedVersion('opentaxii'),
      medallion: pinnedVersion('medallion'),
    },
    commit: commitName(),
  }
}

function packageVersion(name: string): string {
  const path = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  const { version }: { version: string } = JSON.parse(readFileSync(path, 'utf8'))
  return version
}

/** Undefined outside a repository. */
function commitName(): string | undefined {
  const cwd = fileURLToPath(new URL('../..', import.meta.url))
  try {
    const args = ['describe', '--always', '--dirty', '--exclude', '*']
    return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: 'pipe' }).trim()
  } catch {
    return undefined
  }
}
