import { WorkerEntrypoint } from 'cloudflare:workers'

/** Every other domain, as far as the edge and media need them when media is tested alone: the public key of the test's tokens. */
export default class Neighbours extends WorkerEntrypoint<{ JWKS: string }> {
  jwks(): unknown {
    return JSON.parse(this.env.JWKS)
  }

  override fetch(): Response {
    return new Response('not for the outside', { status: 404 })
  }
}
