import { tick } from 'svelte'

/** After a form was refused: puts the focus into the first field that says what is wrong with it, once it says so. */
export async function focusFirstInvalid(): Promise<void> {
  await tick()
  document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
}
