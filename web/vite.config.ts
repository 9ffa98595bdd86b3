import { paraglideVitePlugin } from '@inlang/paraglide-js'
import { sveltekit } from '@sveltejs/kit/vite'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [
    tailwindcss(),
    paraglideVitePlugin({
      project: './project.inlang',
      outdir: './src/lib/paraglide',
      strategy: ['cookie', 'preferredLanguage', 'baseLocale'],
      cookieName: 'madang_lang',
    }),
    sveltekit(),
  ],
  // Every font subset is its own file: inlining one as base64 would ship it to people who never need it.
  build: {
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // What most pages share comes in one file: forty tiny ones would queue on a phone's line. Fewer sharers, and it would
        // carry what only some pages need.
        codeSplitting: { groups: [{ name: 'shared', minShareCount: 8, test: /web\/src|lucide/ }] },
      },
    },
  },
})
