import { WorkflowEntrypoint } from 'cloudflare:workers'

/** The life of a group buy after its recruiting, to where its money ends. */
export class GroupBuyFlow extends WorkflowEntrypoint {
  override async run(): Promise<void> {}
}
