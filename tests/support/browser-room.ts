import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { PATIENT } from './browser-device.ts'
import type { Person } from './browser-person.ts'

/** Opens the talk about a thing from its page; returns the room's path. */
export async function openRoom({ go, page }: Person, path: string): Promise<string> {
  await go(path)
  return await openTalk(page)
}

/** From the page of a thing it stands on. */
export async function openTalk(page: Page): Promise<string> {
  await page.getByRole('button', { name: '채팅하기' }).click()
  await page.waitForURL(/\/chat\/room_\w+$/)
  await page.getByLabel('메시지 쓰기').waitFor()
  return new URL(page.url()).pathname
}

export async function write(page: Page, words: string): Promise<void> {
  await page.getByLabel('메시지 쓰기').fill(words)
  await page.getByRole('button', { name: '보내기', exact: true }).click()
}

/** So many messages of the room wait on this page for a network; 0: nothing does any more. */
export const waiting = (page: Page, count: number): Promise<void> =>
  expect.poll(() => page.getByText('연결되면 보내요').count(), PATIENT).toBe(count)

export const heard = (page: Page, words: string): Promise<void> =>
  page.getByRole('log').locator('[data-line="said"]').getByText(words, { exact: true }).waitFor()

/** Everything said in the room, as this person reads it from top to foot. */
export const wordsOf = (page: Page): Promise<string[]> =>
  page.getByRole('log').locator('[data-line="said"] [data-words]').allInnerTexts()

/**
 * Waits until the room refuses what this page's member says. It hears of a block behind the answer to who blocks, and until
 * then takes words of both as if they had come before.
 */
export const takesNoMoreWords = (page: Page, room: string): Promise<void> =>
  expect
    .poll(
      () =>
        page.evaluate(`fetch('/api/v1/chat/rooms/${room.split('/').at(-1)}/messages', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ clientId: 'c-' + crypto.randomUUID(), kind: 'text', text: '그만할게요' }),
        }).then((it) => it.status)`),
      PATIENT,
    )
    .toBe(403)
