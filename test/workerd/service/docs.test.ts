// The page of the documentation: plain HTML that names every operation and runs or loads nothing.
import { beforeAll, describe, expect, it } from 'vitest'
import { operations } from '../../../src/app.ts'
import { named } from '../../support/endpoints.ts'
import { type Answer, ask } from '../../support/http.ts'
import { askUnder } from '../../support/settings.ts'

let page: Answer

beforeAll(async () => {
  page = await ask('/docs')
})

/** The part of the page that is about one operation. */
function articleOf(operationId: string): string {
  const start = page.text.indexOf(`id="${operationId}"`)
  return start < 0 ? '' : page.text.slice(start, page.text.indexOf('</article>', start))
}

describe('the page of the documentation', () => {
  it('is HTML in UTF-8, for everybody', () => {
    expect(page.status).toBe(200)
    expect(page.headers.get('Content-Type')).toMatch(/^text\/html; *charset=utf-8$/i)
    expect(page.text).toMatch(/^<!doctype html>/i)
  })

  it('forbids everything but its own style', () => {
    const policy = page.headers.get('Content-Security-Policy') ?? ''
    const sources = policy.split(';').map((part) => part.trim())
    expect(sources).toEqual(["default-src 'none'", "style-src 'unsafe-inline'"])
  })

  it('has no script, no handler and nothing from elsewhere', () => {
    expect(page.text).not.toMatch(/<(script|iframe|img|link|object|embed|form|base)\b/i)
    expect(page.text).not.toMatch(/<[^>]+\son\w+\s*=/i)
    expect(page.text).not.toMatch(/javascript:|@import|url\(/i)
    const targets = [...page.text.matchAll(/\b(?:href|src)="([^"]*)"/g)].map(([, to]) => to)
    expect(targets.length).toBeGreaterThan(1)
    for (const to of targets) expect(to).toMatch(/^[/#](?!\/)/)
  })

  it('leads only to what there is', async () => {
    const targets = [...page.text.matchAll(/\bhref="([^"]*)"/g)].map(([, to = '']) => to)
    for (const to of targets) {
      if (to.startsWith('#')) expect(page.text).toContain(`id="${to.slice(1)}"`)
      else expect((await ask(to)).status, to).toBe(200)
    }
  })

  it('writes configured texts as texts', async () => {
    const settings = { SERVER_TITLE: '<script>alert(1)</script>', SERVER_DESCRIPTION: '"><b>' }
    const { text } = await askUnder(settings, '/docs')
    expect(text).not.toMatch(/<script|"><b>/)
    expect(text).toContain('&lt;script&gt;')
  })

  it('shows the weights that are configured', async () => {
    const { text } = await askUnder({ WEIGHT_OBJECTS_PAGE: '7.25' }, '/docs')
    expect(text).toContain('Costs 7.25 units')
  })
})

describe.each(named(operations))('%s', (_, operation) => {
  const { method, path, operationId, pathParameters, query, refusals } = operation

  it('is described with its path, parameters and refusals', () => {
    const article = articleOf(operationId)
    expect(article).toContain(`>${method}</code>`)
    expect(article).toContain(`<code>${path}</code>`)
    for (const name of [...Object.keys(pathParameters), ...Object.keys(query)]) {
      expect(article).toContain(`<code>${name}</code>`)
    }
    for (const status of refusals) expect(article).toContain(String(status))
  })
})
