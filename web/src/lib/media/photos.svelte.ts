import type { Image } from '#contracts/media'
import { sentenceOf } from '$lib/api/fail.ts'
import { m } from '$lib/paraglide/messages.js'
import { preparePhoto } from './prepare.ts'
import { upload } from './upload.ts'

export type PhotoState =
  | { kind: 'preparing' }
  | { kind: 'uploading'; percent: number }
  | { kind: 'done'; image: Image }
  | { kind: 'failed'; why: string }

/** A photo of a form: `id` is its place in the list and its upload's idempotency key; `source` is there until a reload. */
export type Photo = { id: string; state: PhotoState; preview: string; source: Blob | null }

const UPLOADS_AT_ONCE_MAX = 2

/** The photos of one form, in order, uploading a few at a time. */
export class Photos {
  list = $state.raw<Photo[]>([])
  #stops = new Map<string, AbortController>()
  #waiting: string[] = []
  #running = 0

  constructor(images: Image[] = []) {
    this.show(images)
  }

  /** Begins again with photos that are already stored; one that is named twice is shown once. */
  show(images: Image[]): void {
    this.list = [...new Map(images.map((image) => [image.id, photoOf(image)])).values()]
  }

  get ready(): Image[] {
    return this.list.flatMap((photo) => (photo.state.kind === 'done' ? [photo.state.image] : []))
  }
  get busy(): boolean {
    return this.list.some(({ state }) => state.kind === 'preparing' || state.kind === 'uploading')
  }

  add(files: Blob[]): void {
    for (const source of files) this.#enter(source)
  }

  /** Puts an edited picture in the old one's place; the old upload is left to the server's sweep of unused photos. */
  replace(id: string, source: Blob): void {
    const photo = this.list.find((known) => known.id === id)
    if (!photo) return
    this.#stops.get(id)?.abort()
    URL.revokeObjectURL(photo.preview)
    const next: Photo = {
      id: crypto.randomUUID(),
      state: { kind: 'preparing' },
      preview: URL.createObjectURL(source),
      source,
    }
    this.list = this.list.map((known) => (known.id === id ? next : known))
    this.#queue(next.id)
  }

  remove(id: string): void {
    this.#stops.get(id)?.abort()
    this.list = this.list.filter((photo) => photo.id !== id)
  }

  /** The same key again: a photo that did arrive is not stored twice. */
  retry(id: string): void {
    this.#set(id, { kind: 'preparing' })
    this.#queue(id)
  }

  #enter(source: Blob): void {
    const photo: Photo = {
      id: crypto.randomUUID(),
      state: { kind: 'preparing' },
      preview: URL.createObjectURL(source),
      source,
    }
    this.list = [...this.list, photo]
    this.#queue(photo.id)
  }

  #queue(id: string): void {
    this.#waiting.push(id)
    void this.#pump()
  }

  async #pump(): Promise<void> {
    if (this.#running >= UPLOADS_AT_ONCE_MAX) return
    const id = this.#waiting.shift()
    if (id === undefined) return
    this.#running++
    await this.#send(id)
    this.#running--
    void this.#pump()
  }

  async #send(id: string): Promise<void> {
    const source = this.list.find((photo) => photo.id === id)?.source
    if (!source) return
    const stop = new AbortController()
    this.#stops.set(id, stop)
    const photo = await preparePhoto(source)
    if (stop.signal.aborted) return
    if (!photo) return this.#set(id, { kind: 'failed', why: m.post_photo_unreadable_short() })
    const tell = (percent: number) => this.#set(id, { kind: 'uploading', percent })
    const reply = await upload(photo, id, tell, stop.signal)
    if (stop.signal.aborted) return
    if (reply.ok) this.#set(id, { kind: 'done', image: reply.value })
    else this.#set(id, { kind: 'failed', why: sentenceOf(reply.trouble) })
  }

  #set(id: string, state: PhotoState): void {
    this.list = this.list.map((photo) => (photo.id === id ? { ...photo, state } : photo))
  }
}

const photoOf = (image: Image): Photo => ({
  id: image.id,
  state: { kind: 'done', image },
  preview: image.urls.thumb,
  source: null,
})
