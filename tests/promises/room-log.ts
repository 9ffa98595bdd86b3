/** A message as a client keeps it: its place, and which client message it is. */
export type Logged = {
  seq: number
  clientId: string | null
  senderId: string | null
  text?: string | undefined
}

/** What happened in a room, as its clients know it. */
export type TalkHistory = {
  /** For each client, the ids of its messages in the order it sent them. */
  sent: Record<string, string[]>
  /** The place each message was acknowledged with. */
  acked: Record<string, number>
  /** What each client holds, in the order it came. */
  logs: Record<string, Logged[]>
}

/** What is wrong: acked messages stand exactly once where the ack said, places have no gaps, all hold the same, senders' orders are kept. */
export function faultsOf({ sent, acked, logs }: TalkHistory): string[] {
  const faults: string[] = []
  const [reference = []] = Object.values(logs)
  const text = (log: Logged[]) =>
    JSON.stringify(log.map(({ seq, clientId, senderId, text }) => [seq, clientId, senderId, text]))
  for (const [client, log] of Object.entries(logs)) {
    const wrong = log.findIndex(({ seq }, index) => seq !== index + 1)
    if (wrong >= 0) faults.push(`${client} holds ${log[wrong]?.seq} at place ${wrong + 1}`)
    if (text(log) !== text(reference)) faults.push(`${client} holds another log than the others`)
  }
  const places = new Map<string, number[]>()
  for (const { seq, clientId } of reference)
    if (clientId !== null) places.set(clientId, [...(places.get(clientId) ?? []), seq])
  for (const [clientId, stored] of places)
    if (stored.length > 1) faults.push(`${clientId} was stored ${stored.length} times`)
  // By what they say too: a room that loses the ids of what it stored still shows everybody the same words twice.
  const said = reference.flatMap(({ text }) => (text === undefined ? [] : [text]))
  if (new Set(said).size < said.length)
    faults.push(`${said.length - new Set(said).size} texts stand there again`)
  for (const [clientId, seq] of Object.entries(acked))
    if (!places.get(clientId)?.includes(seq))
      faults.push(`${clientId} was acknowledged at ${seq} and is not there`)
  for (const [client, clientIds] of Object.entries(sent)) {
    const own = new Set(clientIds)
    const stored = reference.flatMap(({ clientId }) =>
      clientId !== null && own.has(clientId) ? [clientId] : [],
    )
    const wanted = clientIds.filter((clientId) => places.has(clientId))
    if (JSON.stringify([...new Set(stored)]) !== JSON.stringify(wanted))
      faults.push(`${client}'s order was not kept`)
  }
  return faults
}
