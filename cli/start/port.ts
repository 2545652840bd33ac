// Whether a port can be had, asked before the runtime is started, so that the answer is one line.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { CliFailure, systemCode, systemProblem } from '../failure.ts'
import { findProcesses } from './processes.ts'

/** Throws CliFailure, naming a leftover workerd when that is what has the port. */
export async function requireFreePort(host: string, port: number): Promise<void> {
  const probe = createServer()
  try {
    probe.listen({ host, port, exclusive: true })
    await once(probe, 'listening')
    probe.close()
    await once(probe, 'close')
  } catch (error) {
    throw new CliFailure(problemOf(error, host, port))
  }
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
  const [pid] = findProcesses(['workerd', `:${port} `])
  if (pid === undefined) return ''
  return ` by workerd, process ${pid}: another server, or what a killed one left behind`
}
