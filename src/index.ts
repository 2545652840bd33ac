// Entry of the Worker: what the platform calls, and nothing else.
import { app } from './app.ts'
import { keepHouse } from './schedule.ts'

export { ApiKey } from './keys/api-key.ts'

export default {
  fetch: app.fetch,
  async scheduled(controller, env) {
    await keepHouse(env.DB, controller.scheduledTime)
  },
} satisfies ExportedHandler<Env>
