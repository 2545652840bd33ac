// The files of deploy/ say the same as the program that they start.
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parseStartOptions, type StartOptions } from '../../cli/start/options.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

/** A container is killed ten seconds after it was told to end. */
const CONTAINER_ENDING_S = 10

function optionsOf(args: string[]): StartOptions {
  let said = ''
  const say = (text: string) => {
    said += text
  }
  const parsed = parseStartOptions(args, { print: say, report: say })
  if (!parsed.ok) throw new Error(said)
  return parsed.options
}

function helpText(): string {
  let text = ''
  parseStartOptions(['--help'], {
    print: (more) => {
      text += more
    },
    report: () => {},
  })
  return text
}

/** The value of a setting of the unit, its continued lines joined. */
function unitSetting(name: string): string {
  const unit = read('deploy/taxii-edge.service').replaceAll(/\\\n\s*/g, '')
  return new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? ''
}

test('the unit starts a service from where it is installed, and lets it end', () => {
  const [node, program, ...args] = unitSetting('ExecStart').split(/\s+/)
  expect([node, program]).toEqual([
    '/opt/taxii-edge/node_modules/.bin/node',
    '/opt/taxii-edge/cli/start.ts',
  ])
  const options = optionsOf(args)
  expect(options).toMatchObject({
    service: true,
    host: '127.0.0.1',
    data: `/var/lib/${unitSetting('StateDirectory')}`,
    worker: '/opt/taxii-edge/dist/worker',
    trustedProxy: ['127.0.0.1', '::1'],
  })
  expect(Number(unitSetting('TimeoutStopSec'))).toBeGreaterThan(options.drain)
})

test('the container starts a service, and ends before it is killed', () => {
  const file = read('deploy/Containerfile').replaceAll(/\\\n\s*/g, '')
  const [node, program, ...args] = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(file)?.[1] ?? '[]')
  expect([node, program]).toEqual(['node', '/app/cli/start.ts'])
  const options = optionsOf(args)
  expect(options).toMatchObject({ service: true, host: '0.0.0.0', worker: '/app/dist/worker' })
  expect(options.drain).toBeLessThan(CONTAINER_ENDING_S)
  expect(file).toContain(`EXPOSE ${options.port}\n`)
  expect(file).toContain(`http://127.0.0.1:${options.port}/health/ready`)
})

test('the container is given what it copies, and nothing else', () => {
  const copied = [...read('deploy/Containerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)]
    .flatMap(([, sources = '']) => sources.split(' '))
    .sort()
  const [first, ...allowed] = read('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  expect(first).toBe('*')
  expect(allowed.map((line) => line.replace(/^!/, '')).sort()).toEqual(copied)
  for (const source of copied)
    expect([source, existsSync(join(ROOT, source))]).toEqual([source, true])
})

test.each(['deploy/nginx.conf', 'deploy/Caddyfile'])('%s leads to the usual port', (path) => {
  expect(read(path)).toContain(`127.0.0.1:${optionsOf([]).port}`)
})

test('every option is described', () => {
  const names = [...helpText().matchAll(/^ {2}(?:-h, )?(--[a-z-]+)/gm)].map(([, name = '']) => name)
  expect(names).toContain('--trusted-proxy')
  const described = read('docs/self-hosting.md')
  // Those of a server that is tried out stand in the README's words and in the help.
  const ofTrials = ['--no-sample', '--no-demo-keys', '--json', '--help']
  const missing = names.filter((name) => !described.includes(`\`${name}`))
  expect(missing.filter((name) => !ofTrials.includes(name))).toEqual([])
})
