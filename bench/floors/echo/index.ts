import { DurableObject } from 'cloudflare:workers'

/** The barest room there can be: it acknowledges a message and hands it to every socket, and keeps nothing. */
export class EchoRoom extends DurableObject {
  #seq = 0

  override fetch(): Response {
    const [client, server] = Object.values(new WebSocketPair())
    if (!client || !server) throw new Error('a pair has two ends')
    this.ctx.acceptWebSocket(server)
    return new Response(null, { status: 101, webSocket: client })
  }

  override webSocketMessage(sender: WebSocket, frame: string): void {
    const { clientId, text }: { clientId: string; text: string } = JSON.parse(frame)
    this.#seq += 1
    const message = JSON.stringify({ t: 'message', seq: this.#seq, clientId, kind: 'text', text })
    sender.send(JSON.stringify({ t: 'ack', clientId, seq: this.#seq }))
    for (const socket of this.ctx.getWebSockets()) socket.send(message)
  }
}

/** `…/echo/{room}` is a socket into that room. */
export default {
  fetch(request: Request, env: { ROOMS: DurableObjectNamespace<EchoRoom> }): Promise<Response> {
    const room = new URL(request.url).pathname
    return env.ROOMS.get(env.ROOMS.idFromName(room)).fetch(request)
  },
}
