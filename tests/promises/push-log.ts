/** A message as a push service got it: for which endpoint, of which notification, what it answered, and when. */
export type Pushed = { endpoint: string; id: string; text: string; status: number; atMs: number }
/** What was to come of it all: the endpoints that stayed, the last words of every notification, and which endpoints are kept now. */
export type PushStory = {
  pushed: readonly Pushed[]
  /** What each notification said in the end, by its id. */
  told: ReadonlyMap<string, string>
  endpoints: readonly string[]
  kept: ReadonlySet<string>
  /** What a 429 of these endpoints asked for. */
  retryAfterMs: number
}

const GONE: readonly number[] = [404, 410]
const isTaken = ({ status }: Pushed): boolean => status < 300

/**
 * What is wrong with how push services were spoken to: a device that was gone and is kept or was sent more, one that is there and was
 * forgotten, or never got what there was to say, or was asked again before it said so. Nothing wrong: an empty list.
 */
export function pushWrongs(story: PushStory): string[] {
  return story.endpoints.flatMap((endpoint) => {
    const mine = story.pushed.filter((each) => each.endpoint === endpoint)
    const gone = mine.findIndex(({ status }) => GONE.includes(status))
    return gone < 0 ? wrongsOfLiving(story, endpoint, mine) : wrongsOfGone(story, endpoint, mine.slice(gone))
  })
}

function wrongsOfGone({ kept }: PushStory, endpoint: string, sinceGone: readonly Pushed[]): string[] {
  const last = sinceGone[0]?.atMs ?? 0
  return [
    ...(kept.has(endpoint) ? [`${endpoint} is gone and was kept`] : []),
    // What was on its way in the same moment may still arrive; what begins after the answer may not.
    ...(sinceGone.some(({ atMs, status }) => atMs > last && !GONE.includes(status))
      ? [`${endpoint} is gone and was sent more`]
      : []),
  ]
}

function wrongsOfLiving(story: PushStory, endpoint: string, mine: readonly Pushed[]): string[] {
  const missed = [...story.told].filter(
    ([id, text]) => !mine.some((each) => isTaken(each) && each.id === id && each.text === text),
  )
  return [
    ...(story.kept.has(endpoint) ? [] : [`${endpoint} was forgotten`]),
    ...missed.map(([, text]) => `${endpoint} was never told ${text}`),
    ...hurried(story, endpoint, mine),
  ]
}

/** A notification told again to a busy endpoint before the time it asked for. */
function hurried({ retryAfterMs }: PushStory, endpoint: string, mine: readonly Pushed[]): string[] {
  return mine.flatMap((busy, index) => {
    if (busy.status !== 429) return []
    const again = mine.slice(index + 1).find(({ id }) => id === busy.id)
    return again && again.atMs - busy.atMs < retryAfterMs
      ? [`${endpoint} was asked again after ${again.atMs - busy.atMs} ms`]
      : []
  })
}
