import { app } from './http.ts'

export { TradesRpc } from './rpc.ts'

export default { fetch: app.fetch }
