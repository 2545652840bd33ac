// What a server says to a person, and what to a program that reads line by line.
import { expect, test } from 'vitest'
import { type StartLog, serviceLog, textLog } from '../../../../cli/start/start-log.ts'

function said(make: (write: (text: string) => void) => StartLog, say: (log: StartLog) => void) {
  let text = ''
  say(
    make((more) => {
      text += more
    }),
  )
  return text
}

const sayAll = (log: StartLog) => {
  log.report('Building\n')
  log.report('It failed.\nAt line 1\n', 'failed')
  log.event('ready', { url: 'http://x' })
  log.pass('{"event":"request","status":200}\n')
  log.pass('workerd: a warning\nof two lines\n')
  log.pass('{"event": not json\n')
  log.pass('\n')
}

test('says to a person what is to be known, as it is', () => {
  expect(said(textLog, sayAll)).toBe(
    'Building\nIt failed.\nAt line 1\n{"event":"request","status":200}\nworkerd: a warning\nof two lines\n{"event": not json\n\n',
  )
})

test('says to a program one JSON object a line, and hands on those of the Worker as they are', () => {
  const lines = said(serviceLog, sayAll).trimEnd().split('\n')
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  expect(lines[3]).toBe('{"event":"request","status":200}')
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { time, event: 'notice', message: 'Building' },
    { time, event: 'failed', message: 'It failed.\nAt line 1' },
    { time, event: 'ready', url: 'http://x' },
    { event: 'request', status: 200 },
    { time, event: 'runtime', message: 'workerd: a warning\nof two lines' },
    { time, event: 'runtime', message: '{"event": not json' },
  ])
})
