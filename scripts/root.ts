import { join } from 'node:path'

/** The repository's own folder, wherever it was cloned to. */
export const ROOT = join(import.meta.dirname, '..')

/** A path inside the repository. */
export const inRoot = (...parts: string[]): string => join(ROOT, ...parts)
