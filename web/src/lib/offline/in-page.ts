/** A reply that came inside its page: SvelteKit writes what a page's load asked for into the page. */
export type Brought = { url: string; body: string }

const REPLY =
  /<script type="application\/json" data-sveltekit-fetched data-url="([^"]*)"[^>]*>([^<]*)<\/script>/g
const ENTITIES: Record<string, string> = {
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
  '&lt;': '<',
  '&gt;': '>',
}

const isReply = (value: unknown): value is { status: number; body: string } =>
  typeof value === 'object' &&
  value !== null &&
  Reflect.get(value, 'status') === 200 &&
  typeof Reflect.get(value, 'body') === 'string'

/** The replies inside a page, as the service worker would have seen them had the browser asked; what cannot be read is left out. */
export function repliesIn(html: string): Brought[] {
  return [...html.matchAll(REPLY)].flatMap(([, url = '', payload = '']) => {
    try {
      const reply: unknown = JSON.parse(payload)
      const path = url.replace(/&(amp|quot|#39|lt|gt);/g, (entity) => ENTITIES[entity] ?? entity)
      return isReply(reply) ? [{ url: path, body: reply.body }] : []
    } catch {
      return []
    }
  })
}

type Nodes = { type: 'data'; nodes: unknown[] }
const isNodes = (value: unknown): value is Nodes =>
  typeof value === 'object' &&
  value !== null &&
  Reflect.get(value, 'type') === 'data' &&
  Array.isArray(Reflect.get(value, 'nodes'))

function nodesOf(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text.split('\n')[0] ?? '')
    return isNodes(value) ? value.nodes : []
  } catch {
    return []
  }
}

/** The data of a page, put together from the frame that every page shares and what is the page's own. */
export function pageDataOf(frame: string, own: string | null): string | null {
  const [first] = nodesOf(frame)
  if (first === undefined || first === null) return null
  return `${JSON.stringify({ type: 'data', nodes: [first, ...(own === null ? [] : nodesOf(own).slice(1))] })}\n`
}
