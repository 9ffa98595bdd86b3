import { WorkerEntrypoint } from 'cloudflare:workers'

/** A neighbour that is stopped: whatever it is asked fails. The keys by which members are known were asked for while it still ran. */
export default class Stopped extends WorkerEntrypoint<{ JWKS: string }> {
  override fetch(): Response {
    throw new Error('the worker is stopped')
  }

  jwks(): unknown {
    return JSON.parse(this.env.JWKS)
  }
}
