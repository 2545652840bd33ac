// What is kept of a release is that of its tag and nothing else: a Worker of other sources would make
// the upgrade test prove something about a release that nobody has.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The release of a source tree. Throws unless the tree is, to the letter, what the tag names. */
export function releaseToRecord(checkout: string, kept: readonly string[]): string {
  const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'))
  const release = String(version)
  if (kept.includes(release)) throw new Error(`${release} is kept already.`)
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', checkout, ...args], { encoding: 'utf8' }).trim()
  if (git('status', '--porcelain') !== '') throw new Error(`${checkout} has changes.`)
  const tags = git('tag', '--points-at', 'HEAD').split('\n')
  if (!tags.includes(`v${release}`)) throw new Error(`${checkout} is not at the tag v${release}.`)
  return release
}
