/** Does its work at most once in a while: asked again meanwhile, it does it once more at the end. */
export class Paced {
  readonly #everyMs: number
  readonly #work: () => void
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(everyMs: number, work: () => void) {
    this.#everyMs = everyMs
    this.#work = work
  }

  ask(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#work()
    }, this.#everyMs)
  }

  /** What was asked for is done now; nothing when nothing was. */
  hurry(): void {
    if (this.#timer === undefined) return
    this.stop()
    this.#work()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
