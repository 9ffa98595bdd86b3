import { onMount } from 'svelte'
import type { Reply } from '$lib/api/client.ts'
import { Photos } from '$lib/media/photos.svelte.ts'
import { m } from '$lib/paraglide/messages.js'
import type { Place } from '$lib/place/place.ts'
import { say } from '$lib/ui/toasts.svelte.ts'
import { type Draft, dropDraft, keepDraft, readDraft } from './draft.ts'

const SAVE_PAUSE_MS = 500

/** What goes along with the words of whatever is posted. */
export type Along = { imageIds: string[]; location?: { lat: number; lng: number }; region?: string }

/**
 * One form that posts something, made while its component is: what is typed is kept on this device until it is sent, and a second
 * press after a lost answer cannot post twice, since the same words go under the same key.
 */
export class Posting<Answers extends object> {
  readonly photos: Photos
  answers: Answers
  place: Place | null
  busy = $state(false)
  /** What was left here earlier has come back. */
  restored = $state(false)
  #isWatching = $state(false)
  /** Changed since it was last kept. */
  #isAhead = false
  #draftName: string
  #start: Draft<Answers>
  #known = ''
  #key: string = crypto.randomUUID()

  /** `mend` makes an old draft fit what holds by now. */
  constructor(draftName: string, start: Draft<Answers>, mend = (kept: Answers): Answers => kept) {
    this.#draftName = draftName
    this.#start = start
    this.photos = new Photos(start.images)
    this.answers = $state(structuredClone(start.answers))
    this.place = $state.raw(start.place)
    onMount(() => {
      this.#restore(mend)
      this.#isWatching = true
      return this.#keepOnLeaving()
    })
    $effect(() => this.#watch())
  }

  /** Null when it was not sent: it is on its way already, or a photo still is. */
  async send<Value>(
    submit: (along: Along, key: string) => Promise<Reply<Value>>,
  ): Promise<Reply<Value> | null> {
    if (this.busy) return null
    if (this.photos.busy) {
      say(m.post_photo_wait(), 'refusal')
      return null
    }
    this.busy = true
    const reply = await submit(this.#along(), this.#key)
    this.busy = false
    if (reply.ok) {
      this.#isWatching = false
      this.#drop()
    }
    return reply
  }

  startOver(): void {
    this.#drop()
    this.answers = structuredClone(this.#start.answers)
    this.photos.show(this.#start.images)
    this.restored = false
    this.#know(this.#written())
  }

  #restore(mend: (kept: Answers) => Answers): void {
    const kept = readDraft(this.#draftName, this.#start.answers)
    if (!kept) return
    this.answers = mend(kept.answers)
    this.place = kept.place ?? this.place
    if (kept.images.length > 0) this.photos.show(kept.images)
    this.restored = true
  }

  #watch(): (() => void) | undefined {
    const written = this.#written()
    if (!this.#isWatching) return
    if (this.#known === '') this.#known = written
    if (written === this.#known) return
    this.#know(written)
    this.#isAhead = true
    const pause = setTimeout(() => this.#keep(), SAVE_PAUSE_MS)
    return () => clearTimeout(pause)
  }

  /** Who turns away within the pause finds their last words, too: the page goes, is put aside (a phone may end it there), or is left for another. */
  #keepOnLeaving(): () => void {
    const keep = () => this.#keep()
    addEventListener('pagehide', keep)
    document.addEventListener('visibilitychange', keep)
    return () => {
      removeEventListener('pagehide', keep)
      document.removeEventListener('visibilitychange', keep)
      keep()
    }
  }

  #keep(): void {
    if (!this.#isAhead) return
    this.#isAhead = false
    keepDraft(this.#draftName, this.#draft())
  }

  #drop(): void {
    this.#isAhead = false
    dropDraft(this.#draftName)
  }

  /** Changed words are another posting. */
  #know(written: string): void {
    this.#known = written
    this.#key = crypto.randomUUID()
  }

  #draft = (): Draft<Answers> => ({ answers: this.answers, place: this.place, images: this.photos.ready })
  #written = (): string => JSON.stringify(this.#draft())

  #along(): Along {
    const { place, photos } = this
    return {
      imageIds: photos.ready.map(({ id }) => id),
      ...(place ? { location: { lat: place.lat, lng: place.lng }, region: place.name } : {}),
    }
  }
}

/** Leads to the first field from above that something is said beside; its id is the form's mark and its own name. */
export function leadToComplaint(mark: string, about: object): void {
  const field = [...document.querySelectorAll(`[id^="${mark}-"]`)].find(
    ({ id }) => id.slice(mark.length + 1) in about,
  )
  if (field instanceof HTMLElement) field.focus()
}
