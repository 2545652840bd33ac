// What the service offers besides TAXII and the operator's API.
import type { Operation } from '../http/operation.ts'
import { docsOperation } from './docs-page.ts'
import { getHealth, getReadiness } from './health.ts'
import { openApiOperation } from './openapi-operation.ts'

/** `all` is asked for when the document is made, since it lists these operations too. */
export function serviceOperations(all: () => readonly Operation[]): readonly Operation[] {
  return [getHealth, getReadiness, openApiOperation(all), docsOperation(all)]
}
