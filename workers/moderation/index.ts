import { app } from './http.ts'

export { ModerationRpc } from './rpc.ts'

export default { fetch: app.fetch }
