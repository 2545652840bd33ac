// A fault as a log line may tell it: what went wrong and where, without the values it went wrong on.
import { withoutSecrets } from './secrets.ts'

export type FaultText = { error: string; stack: string }

export function faultTextOf(error: Error): FaultText {
  return { error: withoutSecrets(messageOf(error)), stack: withoutSecrets(framesOf(error)) }
}

/** A failed query's own message quotes the values bound to it, which come from clients. */
function messageOf(error: Error): string {
  const text = isOfQuery(error) ? `Failed query: ${error.query}` : error.message
  return error.cause instanceof Error ? `${text}: ${messageOf(error.cause)}` : text
}

function isOfQuery(error: Error): error is Error & { query: string } {
  return 'query' in error && typeof error.query === 'string'
}

/** The stack begins with the message. */
function framesOf({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n')
}
