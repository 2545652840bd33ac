// The data folder: who may have it, and what is said when it cannot be had.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { DataFolder } from '../../../../cli/start/data-folder.ts'
import { markOf } from '../../../../cli/start/processes.ts'
import { openSecrets } from '../../../../cli/start/secrets.ts'
import { temporaryFolder } from '../support/run.ts'

const report = () => {}

async function openFolder(path = temporaryFolder()): Promise<DataFolder> {
  const folder = new DataFolder(path)
  await folder.open(report)
  return folder
}

function writeLock(path: string, lock: unknown): void {
  writeFileSync(join(path, 'lock.json'), typeof lock === 'string' ? lock : JSON.stringify(lock))
}

function ownerPid(path: string): number {
  return JSON.parse(readFileSync(join(path, 'lock.json'), 'utf8')).owner.pid
}

/** A process that does nothing until the test is over. */
function idleProcess() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  onTestFinished(() => void child.kill('SIGKILL'))
  return { child, pid: child.pid ?? 0 }
}

test('is locked while it is open', async () => {
  const folder = await openFolder()
  expect(ownerPid(folder.path)).toBe(process.pid)
  folder.close()
  expect(existsSync(join(folder.path, 'lock.json'))).toBe(false)
})

test('is refused while another process has it', async () => {
  const path = temporaryFolder()
  const { pid } = idleProcess()
  writeLock(path, { owner: markOf(pid), runtime: null })
  await expect(openFolder(path)).rejects.toThrow(`in use by another server, process ${pid}.`)
  expect(ownerPid(path)).toBe(pid)
})

test('is taken over from a process that has ended', async () => {
  const path = temporaryFolder()
  const { child, pid } = idleProcess()
  const mark = markOf(pid)
  child.kill('SIGKILL')
  await once(child, 'exit')
  writeLock(path, { owner: mark, runtime: null })
  await openFolder(path)
  expect(ownerPid(path)).toBe(process.pid)
})

test.runIf(process.platform === 'linux')(
  'is taken over when its process number is now that of another process',
  async () => {
    const path = temporaryFolder()
    const { pid } = idleProcess()
    writeLock(path, { owner: { pid, began: 'another boot 1' }, runtime: null })
    await openFolder(path)
    expect(ownerPid(path)).toBe(process.pid)
  },
)

test.each([
  ['nothing', ''],
  ['no JSON', '{"owner"'],
  ['another thing', '[]'],
])('is taken over when the lock holds %s', async (_case, lock) => {
  const path = temporaryFolder()
  writeLock(path, lock)
  await openFolder(path)
  expect(ownerPid(path)).toBe(process.pid)
})

test('does not end a leftover process that is no workerd', async () => {
  const path = temporaryFolder()
  const { child, pid } = idleProcess()
  writeLock(path, { owner: { pid: 0x7fffffff, began: null }, runtime: markOf(pid) })
  await openFolder(path)
  expect(child.exitCode).toBeNull()
  expect(child.signalCode).toBeNull()
})

test('says in one line that it cannot be made', async () => {
  const path = temporaryFolder()
  writeFileSync(join(path, 'file'), '')
  await expect(openFolder(join(path, 'file', 'data'))).rejects.toThrow(
    /^The data folder .+ cannot be used: a part of the path is not a folder$/,
  )
})

test('keeps its secrets, readable by their owner only', async () => {
  const folder = await openFolder()
  const made = openSecrets(folder)
  expect(made.KEY_SECRET).not.toBe(made.ADMIN_TOKEN)
  for (const secret of Object.values(made)) {
    expect(Buffer.from(secret, 'base64url').length).toBeGreaterThanOrEqual(32)
  }
  expect(openSecrets(folder)).toEqual(made)
  if (process.platform !== 'win32') {
    expect(statSync(folder.secretsFile).mode & 0o777).toBe(0o600)
  }
})

test.each([
  ['damaged', '{"KEY_SECRET":', /secrets\.json cannot be used: it is not JSON$/],
  [
    'incomplete',
    '{"KEY_SECRET":"0123456789012345678901234567890123456789"}',
    /lacks KEY_SECRET or/,
  ],
  ['too short', '{"KEY_SECRET":"short","ADMIN_TOKEN":"short"}', /lacks KEY_SECRET or/],
  ['no object', 'null', /lacks KEY_SECRET or/],
])('never replaces secrets that are %s', async (_case, content, message) => {
  const folder = await openFolder()
  writeFileSync(folder.secretsFile, content)
  expect(() => openSecrets(folder)).toThrow(message)
  expect(readFileSync(folder.secretsFile, 'utf8')).toBe(content)
})

test('makes no new secrets beside existing state', async () => {
  const folder = await openFolder()
  mkdirSync(join(folder.state, 'd1'))
  expect(() => openSecrets(folder)).toThrow(/is missing beside existing state/)
  expect(existsSync(folder.secretsFile)).toBe(false)
})

test.runIf(process.platform !== 'win32')('is refused while others may look into it', async () => {
  const path = temporaryFolder()
  chmodSync(path, 0o750)
  await expect(openFolder(path)).rejects.toThrow(
    `${path} is open to other users of this machine (mode 750). Run: chmod 700 ${path}`,
  )
  expect(existsSync(join(path, 'lock.json'))).toBe(false)
})

test.runIf(process.platform !== 'win32')(
  'is refused with secrets that others can read',
  async () => {
    const folder = await openFolder()
    openSecrets(folder)
    folder.close()
    chmodSync(folder.secretsFile, 0o644)
    await expect(openFolder(folder.path)).rejects.toThrow(/secrets\.json is open to .+chmod 600 /)
  },
)
