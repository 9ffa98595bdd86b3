// Reads messages/<locale>.json: a flat object of key → text with {name} placeholders.
// The public plugin for this is fetched from a CDN at build time; a clean clone must build without one.

const VARIABLE = /\{(\w+)\}/g

const partsOf = (text) => {
  const parts = []
  let rest = 0
  for (const match of text.matchAll(VARIABLE)) {
    if (match.index > rest) parts.push({ type: 'text', value: text.slice(rest, match.index) })
    parts.push({ type: 'expression', arg: { type: 'variable-reference', name: match[1] } })
    rest = match.index + match[0].length
  }
  if (rest < text.length) parts.push({ type: 'text', value: text.slice(rest) })
  return parts
}

const variablesOf = (text) => [...text.matchAll(VARIABLE)].map((match) => match[1])

export default {
  key: 'plugin.madang.messages',
  toBeImportedFiles: async ({ settings }) =>
    settings.locales.map((locale) => ({
      locale,
      path: settings['plugin.madang.messages'].pathPattern.replace('{locale}', locale),
    })),
  importFiles: async ({ files }) => {
    const variables = new Map()
    const messages = []
    const variants = []
    for (const file of files) {
      const texts = JSON.parse(new TextDecoder().decode(file.content))
      for (const [key, text] of Object.entries(texts)) {
        if (key === '$schema') continue
        variables.set(key, new Set([...(variables.get(key) ?? []), ...variablesOf(text)]))
        messages.push({ bundleId: key, locale: file.locale, selectors: [] })
        variants.push({
          messageBundleId: key,
          messageLocale: file.locale,
          matches: [],
          pattern: partsOf(text),
        })
      }
    }
    const bundles = [...variables].map(([id, names]) => ({
      id,
      declarations: [...names].map((name) => ({ type: 'input-variable', name })),
    }))
    return { bundles, messages, variants }
  },
  exportFiles: async () => [],
}
