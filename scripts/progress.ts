/** One calm line a step: what is being done, and how it ended. Only lines are written, so that logs read well too. */
export async function step<Value>(title: string, work: () => Promise<Value>, end?: (value: Value) => string) {
  const startedAt = performance.now()
  const value = await work()
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  const words = end?.(value)
  console.log(`✓ ${title}${words ? `: ${words}` : ''} (${seconds} s)`)
  return value
}

export const say = (line: string): void => console.log(line)
