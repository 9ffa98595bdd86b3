import { parseArgs } from 'node:util'
import { launchChromium } from '../tests/support/browser-chromium.ts'
import { main } from './refused.ts'
import { takeHero } from './screenshots-hero.ts'
import { shotsOf } from './screenshots-pages.ts'
import { LOOKS, nameOf, takeAll } from './screenshots-taking.ts'

/**
 * Every page on a phone and a desk, light and dark, Korean and English, from the demo town of a running `npm start`:
 * `node scripts/screenshots.ts [--origin http://localhost:8787] [--only home,listing]`. They go to `screenshots/`; with `--hero`
 * the README's picture is made anew too.
 */
await main(async () => {
  const { values } = parseArgs({
    options: {
      origin: { type: 'string', default: 'http://localhost:8787' },
      only: { type: 'string' },
      look: { type: 'string' },
      hero: { type: 'boolean', default: false },
    },
  })
  const only = values.only?.split(',')
  const shots = (await shotsOf(values.origin)).filter(({ name }) => !only || only.includes(name))
  const browser = await launchChromium()
  try {
    for (const look of LOOKS.filter((look) => !values.look || nameOf(look).includes(values.look)))
      await takeAll(browser, values.origin, look, shots)
    if (values.hero) await takeHero(browser, values.origin)
  } finally {
    await browser.close()
  }
})
