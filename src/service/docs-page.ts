// A page to read the OpenAPI document by: plain HTML made from the operations, without a script and
// without anything from elsewhere.

import { html, raw } from 'hono/html'
import * as z from 'zod'
import type { Config } from '../config/config.ts'
import type { AppContext } from '../http/context.ts'
import { HTML } from '../http/media-type.ts'
import type { Operation } from '../http/operation.ts'
import { SizedResponse } from '../http/sized-response.ts'

export function docsOperation(all: () => readonly Operation[]): Operation {
  return {
    operationId: 'getDocs',
    source: 'docs/operating.md',
    method: 'GET',
    path: '/docs',
    tag: 'Service',
    summary: 'The API, for reading',
    description: 'What the OpenAPI document says, as a web page.',
    pathParameters: {},
    query: {},
    success: { status: 200, description: 'A web page', schema: z.string() },
    refusals: [],
    offer: 'html',
    access: { by: 'nobody' },
    handle: async (c) => answerDocs(c, all()),
  }
}

function answerDocs(c: AppContext, operations: readonly Operation[]): Response {
  const { config } = c.get('runtime')
  const tags = [...new Set(operations.map(({ tag }) => tag))]
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${config.server.title}: API</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<header>
<h1>${config.server.title}</h1>
<p>${config.server.description}. The same for programs: <a href="/api/openapi.json">openapi.json</a>.</p>
<nav>${tags.map((tag) => html`<a href="#${tag}">${tag}</a> `)}</nav>
</header>
<main>
${tags.map((tag) => tagSection(tag, operations, config))}
</main>
</body>
</html>`
  return new SizedResponse(String(page), {
    headers: {
      'Content-Type': HTML,
      'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
      'Cache-Control': 'public, max-age=300',
    },
  })
}

function tagSection(tag: string, operations: readonly Operation[], config: Config) {
  const tagged = operations.filter((operation) => operation.tag === tag)
  return html`<section id="${tag}"><h2>${tag}</h2>${tagged.map((each) => operationArticle(each, config))}</section>`
}

function operationArticle(operation: Operation, config: Config) {
  const { method, path, summary, description, source } = operation
  return html`<article id="${operation.operationId}">
<h3><code class="${method.toLowerCase()}">${method}</code> <code>${path}</code></h3>
<p><strong>${summary}.</strong> ${accessText(operation, config)} <small>${source}</small></p>
${description.split('\n\n').map((paragraph) => html`<p>${paragraph}</p>`)}
${parameterTable(operation)}
<p class="answers">Answers ${operation.success.status}: ${operation.success.description}. ${refusalText(operation)}</p>
</article>`
}

function accessText({ access }: Operation, config: Config): string {
  if (access.by === 'nobody') return 'Open to all.'
  if (access.by === 'operator') return 'For operators.'
  const scope = access.scope === null ? 'Any key.' : `Needs the scope ${access.scope}.`
  const units = access.weight(config) / 1000
  return `${scope} Costs ${units} ${units === 1 ? 'unit' : 'units'}.`
}

function refusalText({ refusals }: Operation): string {
  return refusals.length === 0 ? '' : `Refuses with ${refusals.join(', ')}.`
}

function parameterTable({ pathParameters, query }: Operation) {
  const rows = [
    ...Object.entries(pathParameters).map(([name, { description }]) => [name, 'path', description]),
    ...Object.entries(query).map(([name, { description }]) => [name, 'query', description]),
  ]
  if (rows.length === 0) return ''
  return html`<details ${rows.length > 12 ? '' : raw('open')}><summary>${rows.length} parameters</summary><table>${rows.map(
    ([name, place, description]) =>
      html`<tr><td><code>${name}</code></td><td>${place}</td><td>${description}</td></tr>`,
  )}</table></details>`
}

const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem 1.5rem 4rem; }
h1 { margin-bottom: 0; } h2 { margin-top: 3rem; border-bottom: 2px solid var(--line); }
nav a { margin-right: 1rem; }
article { border-top: 1px solid var(--line); padding: .5rem 0 1rem; }
h3 { font-size: 1rem; overflow-wrap: anywhere; margin: .8rem 0 .3rem; }
code { font: .9em ui-monospace, monospace; }
h3 code:first-child { padding: .1rem .45rem; border-radius: .3rem; color: #fff; background: #2563a8; }
h3 code.post { background: #2b7a3d; } h3 code.delete { background: #a83232; } h3 code.patch { background: #8a6116; }
p { margin: .3rem 0; } small, .answers { opacity: .75; }
table { border-collapse: collapse; width: 100%; margin: .4rem 0; }
td { border-top: 1px solid var(--line); padding: .25rem .6rem .25rem 0; vertical-align: top; }
td:first-child { white-space: nowrap; }
@media (max-width: 40rem) { td:first-child { white-space: normal; overflow-wrap: anywhere; } }
`
