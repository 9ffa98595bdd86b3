import { queue } from './consumer.ts'
import { app } from './http.ts'

export { MediaRpc } from './rpc.ts'
export { Shelf } from './shelf.ts'
export default { fetch: app.fetch, queue }
