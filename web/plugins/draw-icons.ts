// Draws the app's icons and the picture of shared links from static/icons/mark.svg: `node plugins/draw-icons.ts`.
// Run by hand when the mark changes; running it again gives the same files.
import { readFile } from 'node:fs/promises'
import sharp from 'sharp'

const ICONS = new URL('../static/icons/', import.meta.url)
const HANJI = '#fbf8f3'
const mark = await readFile(new URL('mark.svg', ICONS))

async function draw(name: string, width: number, height: number, markShare: number) {
  const side = Math.round(Math.min(width, height) * markShare)
  const picture = await sharp(mark, { density: (72 * side) / 40 })
    .resize(side, side)
    .png()
    .toBuffer()
  await sharp({ create: { width, height, channels: 4, background: HANJI } })
    .composite([{ input: picture, gravity: 'centre' }])
    .png({ compressionLevel: 9, palette: true })
    .toFile(new URL(name, ICONS).pathname)
}

await draw('apple-180.png', 180, 180, 0.78)
await draw('app-192.png', 192, 192, 0.84)
await draw('app-512.png', 512, 512, 0.84)
// A mask may cut away all but the middle four fifths: the mark stays well inside them.
await draw('app-maskable-192.png', 192, 192, 0.6)
await draw('app-maskable-512.png', 512, 512, 0.6)
await draw('share.png', 1200, 630, 0.7)
