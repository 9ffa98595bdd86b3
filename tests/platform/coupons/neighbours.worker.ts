import { WorkerEntrypoint } from 'cloudflare:workers'

type Incident = { key: string; invariant: string; aggregate: string; difference: number; explanation: string }
const incidents = new Map<string, Incident>()

/** Identity and payments, as far as coupons asks them. */
export default class Neighbours extends WorkerEntrypoint<{ JWKS: string }> {
  jwks(): unknown {
    return JSON.parse(this.env.JWKS)
  }

  /** The same key is one incident. */
  reportIncident(_ctx: unknown, incident: Incident): void {
    incidents.set(incident.key, incident)
  }

  /** What was reported. */
  override async fetch(): Promise<Response> {
    return Response.json([...incidents.values()])
  }
}
