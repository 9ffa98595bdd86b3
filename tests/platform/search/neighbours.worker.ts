import { WorkerEntrypoint } from 'cloudflare:workers'

/** What search needs of other domains, when it is tested alone: no keys, and one listing in the plain list. */
export class IdentityRpc extends WorkerEntrypoint {
  async jwks() {
    return { keys: [] }
  }
}

export class ListingsRpc extends WorkerEntrypoint {
  async list() {
    throw new Error('listings is stopped')
  }
}

export default { fetch: () => new Response('not for the outside', { status: 404 }) }
