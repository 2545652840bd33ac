// What an operator's tools ask first.
import { expect, it } from 'vitest'
import { version } from '../../../package.json'
import { operate } from '../../support/http.ts'

it('tells the release that answers, as package.json has it', async () => {
  const { status, json } = await operate('GET', '/health/')
  expect([status, json.release]).toEqual([200, version])
})
