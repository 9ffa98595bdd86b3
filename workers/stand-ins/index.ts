import { app } from './http.ts'

export { BankDesk } from './bank-desk.ts'
export { Mailbox } from './mailbox.ts'
export { PayDesk } from './pay-desk.ts'
export default { fetch: app.fetch }
