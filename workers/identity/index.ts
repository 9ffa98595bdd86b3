import { app } from './http.ts'

export { Throttle } from '#do/throttle/index'
export { IdentityRpc } from './rpc.ts'
export default { fetch: app.fetch }
