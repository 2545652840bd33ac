// Entry of the Worker: what the platform calls, and nothing else.
import { app } from './app.ts'
import { keepHouseByTheClock } from './schedule.ts'

export { ApiKey } from './keys/api-key.ts'

export default {
  fetch: app.fetch,
  async scheduled(controller, env) {
    await keepHouseByTheClock(env, controller.scheduledTime)
  },
} satisfies ExportedHandler<Env>
