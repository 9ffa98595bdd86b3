import {
  ALWAYS_TOLD,
  type NotificationType,
  type Preferences,
  type QuietHours,
} from '#contracts/notifications'
import { type Channel, isOnAtFirst, ofEachType } from './channels.rules.ts'
import type { FactsStore } from './facts.store.ts'

const ON = '1'
const OFF = '0'
const QUIET_HOURS = 'quiet_hours'
const offName = (type: NotificationType): string => `off ${type}`
const channelName = (channel: Channel, type: NotificationType): string => `${channel} ${type}`

/** What the member wants to be told, by which ways and when, as far as they have said anything. */
export class PreferencesStore {
  readonly #facts: FactsStore

  constructor(facts: FactsStore) {
    this.#facts = facts
  }

  read(): Preferences {
    const said = this.#facts.all()
    const quiet = said.get(QUIET_HOURS)
    const chosen = (channel: Channel, type: NotificationType): boolean => {
      const choice = said.get(channelName(channel, type))
      return choice === undefined ? isOnAtFirst(channel, type) : choice === ON
    }
    return {
      types: ofEachType((type) => !said.has(offName(type))),
      channels: {
        push: ofEachType((type) => chosen('push', type)),
        mail: ofEachType((type) => chosen('mail', type)),
      },
      // Our own JSON, written by `setQuietHours` below.
      quietHours: quiet === undefined ? null : (JSON.parse(quiet) as QuietHours),
    }
  }

  setChannel(channel: Channel, type: NotificationType, isOn: boolean): void {
    this.#facts.set(channelName(channel, type), isOn ? ON : OFF)
  }

  /** What concerns the member's own rights is told whatever they say. */
  setType(type: NotificationType, isTold: boolean): void {
    if (isTold || ALWAYS_TOLD.includes(type)) this.#facts.forget(offName(type))
    else this.#facts.set(offName(type), ON)
  }

  setQuietHours(quiet: QuietHours | null): void {
    if (quiet === null) this.#facts.forget(QUIET_HOURS)
    else this.#facts.set(QUIET_HOURS, JSON.stringify(quiet))
  }
}
