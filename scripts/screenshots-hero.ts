import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import { openPerson } from '../tests/support/browser-person.ts'
import { say } from './progress.ts'
import { inRoot } from './root.ts'
import { settled, signIn } from './screenshots-taking.ts'
import { talkedAbout } from './screenshots-town.ts'

const HERO_GAP_PX = 28
const HERO_PHONE_WIDTH_PX = 330
const HERO_GROUND = '#efe8dc'

const pathsOf = async (origin: string) => [
  '/',
  `/listings/${(await talkedAbout(origin)).id}`,
  `/search?q=${encodeURIComponent('자전거')}`,
]

/** Three phones side by side on the ground of the yard: `docs/screenshot.png`. */
export async function takeHero(browser: Browser, origin: string): Promise<void> {
  const paths = await pathsOf(origin)
  const person = await openPerson(browser, origin, { locale: 'ko-KR' })
  await signIn(person, 'member')
  const screens: Buffer[] = []
  for (const path of paths) {
    await person.go(path)
    await settled(person.page)
    screens.push(await rounded(await person.page.screenshot()))
  }
  const { height = 0 } = await sharp(screens[0]).metadata()
  const ground = {
    width: paths.length * HERO_PHONE_WIDTH_PX + (paths.length + 1) * HERO_GAP_PX,
    height: height + 2 * HERO_GAP_PX,
    channels: 3 as const,
    background: HERO_GROUND,
  }
  const lay = (input: Buffer, index: number) => ({
    input,
    top: HERO_GAP_PX,
    left: HERO_GAP_PX + index * (HERO_PHONE_WIDTH_PX + HERO_GAP_PX),
  })
  await sharp({ create: ground })
    .composite(screens.map(lay))
    .png({ palette: true, quality: 90, effort: 10 })
    .toFile(inRoot('docs', 'screenshot.png'))
  say('✓ docs/screenshot.png')
}

async function rounded(screen: Buffer): Promise<Buffer> {
  const small = sharp(screen).resize({ width: HERO_PHONE_WIDTH_PX })
  const { info } = await small.clone().toBuffer({ resolveWithObject: true })
  const mask = `<svg width="${info.width}" height="${info.height}"><rect width="100%" height="100%" rx="26"/></svg>`
  return await small
    .composite([{ input: Buffer.from(mask), blend: 'dest-in' }])
    .png()
    .toBuffer()
}
