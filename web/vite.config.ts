import { paraglideVitePlugin } from '@inlang/paraglide-js'
import { sveltekit } from '@sveltejs/kit/vite'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig, type Plugin } from 'vite'
import { lucideIcons } from './plugins/lucide-icons.ts'

/** Pages that share this much are read together anyway. */
const SHARED_BY_MIN = 3
// What a sheet, the zoom or an editor needs is loaded when it opens, and must not ride along with the first page.
const OF_EVERY_PAGE =
  /node_modules\/(@lucide|svelte|esm-env|clsx|@sveltejs)\/|src\/lib\/(api|format|frame|listing|offline|paraglide|place|ui)\//
const OPENED_LATER = /(Sheet|Confirm|Zoom|Editor|ListingForm|OwnerActions|draft|Settings|zoom)\b|swagger/

/** Left alone, the bundler makes a file of each icon and part: dozens of requests, each with a header longer than itself. */
const fewerFiles: Plugin = {
  name: 'madang-fewer-files',
  config: (_, { isSsrBuild }) =>
    isSsrBuild
      ? {}
      : {
          build: {
            rolldownOptions: {
              output: {
                codeSplitting: {
                  groups: [
                    {
                      name: 'yard',
                      minShareCount: SHARED_BY_MIN,
                      test: (id) => OF_EVERY_PAGE.test(id) && !OPENED_LATER.test(id),
                    },
                  ],
                },
              },
            },
          },
        },
}

export default defineConfig({
  plugins: [
    tailwindcss(),
    paraglideVitePlugin({
      project: './project.inlang',
      outdir: './src/lib/paraglide',
      strategy: ['cookie', 'preferredLanguage', 'baseLocale'],
      cookieName: 'madang_lang',
    }),
    lucideIcons,
    sveltekit(),
    fewerFiles,
  ],
  // Every font subset is its own file: inlining one as base64 would ship it to people who never need it.
  build: { assetsInlineLimit: 0 },
})
