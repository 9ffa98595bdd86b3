import { readFileSync } from 'node:fs'
import type { Plugin } from 'vite'
import { z } from 'zod'

const ICON = /@lucide\/svelte\/dist\/icons\/[\w-]+\.svelte$/
const Drawing = z.object({ node: z.array(z.tuple([z.string(), z.record(z.string(), z.string())])) })

/**
 * Lucide's icons with their lines written down when the pages are built. Its own component works out the same lines and attributes of each
 * icon anew when a page comes alive, which was a good part of what a phone did then. They take `size`, `strokeWidth`, `class`,
 * `aria-label`, and without a label are hidden from a screen reader; nothing else.
 */
export const lucideIcons: Plugin = {
  name: 'madang-lucide-icons',
  enforce: 'pre',
  load(id) {
    return ICON.test(id) ? written(readFileSync(id, 'utf8')) : null
  },
}

function written(source: string): string {
  const data = /const iconData = (\{.*\});/.exec(source)?.[1]
  if (data === undefined) throw new Error('an icon of lucide is written another way than it was')
  const lines = Drawing.parse(JSON.parse(data)).node.map(([tag, attributes]) => {
    const attributesText = Object.entries(attributes).map(([name, value]) => `${name}="${value}"`)
    return `<${tag} ${attributesText.join(' ')} />`
  })
  return `<script>
let { size = 24, strokeWidth = 2, class: given, 'aria-label': label } = $props()
</script>

<svg xmlns="http://www.w3.org/2000/svg" width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width={strokeWidth} stroke-linecap="round" stroke-linejoin="round" class={given} role={label === undefined ? undefined : 'img'} aria-label={label} aria-hidden={label === undefined ? 'true' : undefined}>${lines.join('')}</svg>
`
}
