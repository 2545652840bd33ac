// The one error that our Node programs throw on purpose: a line for a person, and an exit status.

export const EXIT_FAILED = 1
export const EXIT_USAGE = 2

export class CliFailure extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode: number = EXIT_FAILED) {
    super(message)
    this.exitCode = exitCode
  }
}

/** A usage error: the command could not have worked anywhere. */
export function refuseUsage(message: string): never {
  throw new CliFailure(message, EXIT_USAGE)
}

/** What a system error says, without Node's prefix and stack; undefined for other errors. */
export function systemProblem(error: unknown): string | undefined {
  const code = systemCode(error)
  return code === undefined ? undefined : (SYSTEM_PROBLEMS[code] ?? code)
}

export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

const SYSTEM_PROBLEMS: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOENT: 'no such file or directory',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'is a folder',
  EEXIST: 'already exists',
  ENOSPC: 'no space left on the device',
}
