import type { Person } from './browser-person.ts'
import type { PhotoFile } from './browser-photos.ts'
import { eventually } from './platform.ts'

export type Thing = {
  title: string
  category: string
  price: string
  description: string
  photos?: PhotoFile[]
}

/** A thing to talk about, under that title. */
export const thingCalled = (title: string): Thing => ({
  ...{ title, category: '가구·인테리어', price: '20000', description: '두 번 썼어요.' },
})

/** Fills the form of the post page the way a finger does; nothing is sent yet. */
export async function fillThing({ page }: Person, thing: Thing): Promise<void> {
  if (thing.photos) await page.getByLabel('사진 더하기').setInputFiles(thing.photos)
  await page.getByLabel('제목').fill(thing.title)
  await page.getByLabel('카테고리').selectOption({ label: thing.category })
  await page.getByLabel('가격', { exact: true }).fill(thing.price)
  await page.getByLabel('이야기').fill(thing.description)
}

/** Posts a thing on the pages and returns its path; the poster stands on its page afterwards. */
export async function post(person: Person, thing: Thing): Promise<string> {
  await person.go('/post')
  await fillThing(person, thing)
  await uploaded(person, thing.photos?.length ?? 0)
  await submit(person)
  return await postedPath(person)
}

/** Waits until this many photos have arrived at the server. */
export async function uploaded({ page }: Person, photos: number): Promise<void> {
  if (photos > 0) await page.getByRole('listitem', { name: `사진 ${photos}`, exact: true }).waitFor()
  await eventually(async () => {
    if ((await page.getByRole('progressbar').count()) > 0) throw new Error('photos are still on their way')
  })
}

export const submit = ({ page }: Person) => page.getByRole('button', { name: '올리기', exact: true }).click()

/** Waits until the post page gave way to the thing's own page. */
export async function postedPath({ page }: Person): Promise<string> {
  await page.waitForURL(/\/listings\/lst_\w+$/)
  return new URL(page.url()).pathname
}
