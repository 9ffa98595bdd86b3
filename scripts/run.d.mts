export function isAtLeast(version: string, least: readonly number[]): boolean
export function isStale(lockfile: string, installedLockfile: string): boolean
export function run(command: string, args: string[]): void
