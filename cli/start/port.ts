// Whether a port can be had, asked before the runtime is started, so that the answer is one line.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { CliFailure, systemCode, systemProblem } from '../failure.ts'
import { commandOf, listenerOn } from './processes.ts'

/** Throws CliFailure. */
export async function requireFreePort(host: string, port: number): Promise<void> {
  const probe = createServer()
  try {
    probe.listen({ host, port, exclusive: true })
    await once(probe, 'listening')
    probe.close()
    await once(probe, 'close')
  } catch (error) {
    throw portFailure(error, host, port)
  }
}

/** Why nothing can listen there, in one line that names a workerd which was left behind. */
export function portFailure(error: unknown, host: string, port: number): CliFailure {
  return new CliFailure(problemOf(error, host, port))
}

function problemOf(error: unknown, host: string, port: number): string {
  switch (systemCode(error)) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is in use${userOf(port)}. End that, or choose another with --port.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${host}; choose another with --host.`
    default:
      return `Port ${port} on ${host} cannot be used: ${systemProblem(error) ?? String(error)}.`
  }
}

function userOf(port: number): string {
  const pid = listenerOn(port)
  if (pid === undefined || commandOf(pid)?.includes('workerd') !== true) return ''
  return ` by workerd, process ${pid}: another server, or what a killed one left behind`
}
