// Compares a running server's OpenAPI document with the published contract of the objects endpoint:
// `npm run contract:compare -- <url of openapi.json> <file of the contract>`. What is published must
// be there and the same; the server may offer more. Exit 1 with the differences.
import { readFileSync } from 'node:fs'
import { readYaml } from './read-yaml.ts'

const METHODS = ['get', 'post', 'put', 'patch', 'delete']
/** Schemas whose promises the published operation rests on. */
const SCHEMAS = ['STIXBundle', 'Error']

type Json = Record<string, unknown>

try {
  await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exit(1)
}

async function main([url, file]: string[]): Promise<void> {
  if (url === undefined || file === undefined) {
    console.error('usage: compare-published.ts <url of openapi.json> <file of the contract>')
    process.exit(2)
  }
  const published = readYaml(yamlIn(readFileSync(file, 'utf8')))
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  const differences = differencesOf(objectOf(published), objectOf(await response.json()))
  for (const difference of differences) console.error(difference)
  if (differences.length > 0) process.exit(1)
  console.log('The published contract holds.')
}

/** The document in its fence; the fence may stand in text. */
function yamlIn(text: string): string {
  const yaml = /^(`{3,})ya?ml[^\n]*\n([\s\S]*?)\n\1\s*$/m.exec(text)?.[2]
  if (yaml === undefined) throw new Error('the contract holds no fenced YAML')
  return yaml
}

function differencesOf(published: Json, ours: Json): string[] {
  const [wanted, found] = [aspectsOf(published), aspectsOf(ours)]
  if (Object.keys(wanted).length < 10) throw new Error('the contract could not be read')
  return Object.entries(wanted).flatMap(([name, value]) => {
    if (found[name] === undefined) return [`${name}: is missing`]
    const [theirs, mine] = [JSON.stringify(value), JSON.stringify(found[name])]
    return theirs === mine ? [] : [`${name}: published ${theirs}, ours ${mine}`]
  })
}

/** Every promise under a name of its own, so that each can be looked up on the other side. */
function aspectsOf(document: Json): Json {
  const aspects: Json = {}
  for (const [path, methods] of Object.entries(objectOf(document.paths))) {
    for (const [method, operation] of Object.entries(objectOf(methods))) {
      if (!METHODS.includes(method)) continue
      Object.assign(aspects, operationAspects(`${method} ${path}`, objectOf(operation), document))
    }
  }
  const { schemas, securitySchemes } = objectOf(document.components)
  for (const name of SCHEMAS) flatten(`schema ${name}`, objectOf(schemas)[name], aspects)
  for (const [name, scheme] of Object.entries(objectOf(securitySchemes))) {
    flatten(`security scheme ${name}`, scheme, aspects)
  }
  return aspects
}

function operationAspects(name: string, operation: Json, document: Json): Json {
  const aspects: Json = { [`${name} operationId`]: operation.operationId }
  for (const parameter of listOf(operation.parameters).map(objectOf)) {
    const { name: called, in: place, required = false, schema } = parameter
    flatten(`${name} ${place} parameter ${called}`, { required, schema }, aspects)
  }
  for (const alternative of listOf(operation.security)) {
    aspects[`${name} security ${JSON.stringify(alternative)}`] = true
  }
  for (const [status, response] of Object.entries(objectOf(operation.responses))) {
    const { headers, content } = objectOf(resolved(response, document))
    aspects[`${name} ${status}`] = true
    for (const [header, { schema }] of Object.entries(objectOf(headers)).map(withObject)) {
      flatten(`${name} ${status} header ${header}`, schema, aspects)
    }
    for (const [type, { schema }] of Object.entries(objectOf(content)).map(withObject)) {
      // An error is TAXII's message too, so it has TAXII's type (docs/conformance.md).
      const media = status.startsWith('2') ? type : 'error'
      aspects[`${name} ${status} ${media} schema`] = schema
    }
  }
  return aspects
}

/** Each leaf under its path; words for people, and examples, promise nothing. */
function flatten(name: string, value: unknown, into: Json): void {
  if (Array.isArray(value)) {
    for (const item of value) into[`${name} has ${JSON.stringify(item)}`] = true
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      const isForPeople =
        (key === 'description' || key === 'example') && !name.endsWith('properties')
      if (!isForPeople) flatten(`${name} ${key}`, member, into)
    }
  } else {
    into[name] = value
  }
}

function resolved(value: unknown, document: Json): unknown {
  const { $ref } = objectOf(value)
  if (typeof $ref !== 'string') return value
  return $ref
    .replace('#/', '')
    .split('/')
    .reduce<unknown>((found, step) => objectOf(found)[step], document)
}

function withObject([name, value]: [string, unknown]): [string, Json] {
  return [name, objectOf(value)]
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {}
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
