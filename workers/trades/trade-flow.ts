import { WorkflowEntrypoint } from 'cloudflare:workers'

/** The life of a purchase, from the reservation to where its money ends. */
export class TradeFlow extends WorkflowEntrypoint {
  override async run(): Promise<void> {}
}
