// The options of `npm start`, and the settings it hands to the Worker.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseStartOptions } from '../../../../cli/start/options.ts'
import { requestLogOf, settingsFrom } from '../../../../cli/start/settings.ts'
import { SECRET_NAMES, settingNames } from '../../../../src/config/config.ts'

const DOCS = join(import.meta.dirname, '../../../../docs')

function parse(args: string[]) {
  const told = { out: '', err: '' }
  const print = (text: string) => {
    told.out += text
  }
  const report = (text: string) => {
    told.err += text
  }
  return { ...told, parsed: parseStartOptions(args, { print, report }), told }
}

test('has defaults for everything', () => {
  expect(parse([]).parsed).toEqual({
    ok: true,
    options: {
      port: 8787,
      host: '127.0.0.1',
      data: '.data',
      sample: true,
      demoKeys: true,
      json: false,
      service: false,
      trustedProxy: [],
      drain: 10,
    },
  })
})

test('takes every option', () => {
  const args = ['--port', '0', '--host', '::1', '--data', '/x', '--no-sample', '--json']
  args.push('--request-log', 'all', '--databases', '2', '--no-demo-keys', '--drain', '0')
  args.push(
    '--env-file',
    '/e',
    '--worker',
    '/w',
    '--trusted-proxy',
    '10.0.0.0/8',
    '--trusted-proxy',
    '::1',
  )
  expect(parse(args).parsed).toEqual({
    ok: true,
    options: {
      port: 0,
      host: '::1',
      data: '/x',
      sample: false,
      demoKeys: false,
      json: true,
      service: false,
      trustedProxy: ['10.0.0.0/8', '::1'],
      drain: 0,
      envFile: '/e',
      worker: '/w',
      requestLog: 'all',
      databases: 2,
    },
  })
})

test.each([
  [['--frobnicate']],
  [['--port']],
  [['--port', '65536']],
  [['--port', '80a']],
  [['--port', '-1']],
  [['extra']],
  [['--request-log', 'some']],
  [['--databases', '0']],
  [['--databases', '11']],
  [['--databases', 'DB_2']],
  [['--drain', '-1']],
  [['--drain', '10s']],
  [['--trusted-proxy', 'proxy.example.org']],
  [['--service', '--json']],
])('refuses %j in one line, with exit status 2', (args) => {
  const { parsed, told } = parse(args)
  expect(parsed).toEqual({ ok: false, exitCode: 2 })
  expect(told.err).toMatch(/^error: [^\n]+\n$/)
  expect(told.out).toBe('')
})

test('explains itself', () => {
  const { parsed, told } = parse(['--help'])
  expect(parsed).toEqual({ ok: false, exitCode: 0 })
  expect(told.out).toContain('npm start -- --port 9000')
})

test('every setting is described to who runs the server', () => {
  const documents = ['operating.md', 'limits.md'].map((name) =>
    readFileSync(join(DOCS, name), 'utf8'),
  )
  const described = documents.join('\n')
  const names = [...settingNames(), ...SECRET_NAMES]
  expect(names).toContain('PUBLIC_ORIGIN')
  const missing = names.filter((name) => !described.includes(`\`${name}`))
  expect(missing, 'a row in docs/operating.md or docs/limits.md').toEqual([])
})

test('a secret is no setting', () => {
  expect(settingNames().filter((name) => SECRET_NAMES.some((secret) => secret === name))).toEqual(
    [],
  )
})

test('hands on only the settings that are set, and never a secret', () => {
  const env = { PUBLIC_ORIGIN: 'https://a.example', TIERS: '', KEY_SECRET: 'no', HOME: '/root' }
  const handedOn = { PUBLIC_ORIGIN: 'https://a.example', TIERS: '', EDGE_CACHE: 'false' }
  expect(settingsFrom(env)).toEqual(handedOn)
  expect(settingsFrom({ EDGE_CACHE: 'true' })).toEqual({ EDGE_CACHE: 'true' })
})

test.each([
  [undefined, {}, 'failures'],
  [undefined, { REQUEST_LOG: '' }, 'failures'],
  [undefined, { REQUEST_LOG: 'all' }, 'all'],
  ['off', { REQUEST_LOG: 'all' }, 'off'],
])('logs requests as asked by %o, then by %o: %s', (asked, env, log) => {
  expect(requestLogOf(asked, env)).toBe(log)
})
