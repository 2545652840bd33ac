// Entry of the Worker: what the platform calls, and nothing else.
import { app } from './app.ts'

export { ApiKey } from './keys/api-key.ts'

export default { fetch: app.fetch }
