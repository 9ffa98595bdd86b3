import { app } from './http.ts'

export { Mailbox } from './mailbox.ts'
export default { fetch: app.fetch }
