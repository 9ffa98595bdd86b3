import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'

const Line = z.tuple([z.string(), z.string()])

/** What has been done, one line each, so that work cut short goes on instead of starting over. */
export type Journal = {
  once: (key: string, work: () => Promise<string>) => Promise<string>
  size: () => number
}

/**
 * A journal in a file. `once` does the work of a key and notes its result; when noted before it answers that and does
 * nothing. Killed between the work and its note, the work is done again: it must stand that.
 */
export function openJournal(file: string): Journal {
  const done = new Map<string, string>()
  if (existsSync(file)) {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      // The last line may have been cut by a kill; it was then not noted.
      const noted = Line.safeParse(parsed(line))
      if (noted.success) done.set(...noted.data)
    }
    appendFileSync(file, '\n')
  }
  return {
    once: async (key, work) => {
      const known = done.get(key)
      if (known !== undefined) return known
      const result = await work()
      done.set(key, result)
      appendFileSync(file, `${JSON.stringify([key, result])}\n`)
      return result
    },
    size: () => done.size,
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
