// `npm run build`: the Worker as `npm start -- --worker` takes it.
import { join } from 'node:path'
import { CliFailure, EXIT_FAILED } from './failure.ts'
import { buildAhead } from './project/built-worker.ts'

const PROJECT_ROOT = join(import.meta.dirname, '..')
const [folder = 'dist/worker'] = process.argv.slice(2)

try {
  await buildAhead(PROJECT_ROOT, folder)
  process.stdout.write(`${folder}\n`)
} catch (error) {
  if (!(error instanceof CliFailure)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = EXIT_FAILED
}
