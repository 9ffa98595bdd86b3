const REPLY = JSON.stringify({ answer: 'constant' })

/** Floor (a): nothing but a reply. */
export default {
  fetch: (): Response => new Response(REPLY, { headers: { 'content-type': 'application/json' } }),
}
