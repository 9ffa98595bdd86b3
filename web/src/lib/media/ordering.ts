type Keyed = { id: string }
type Zone<Item> = { update?: (options: Options<Item>) => void; destroy?: () => void }
type Options<Item> = {
  items: Item[]
  flipDurationMs: number
  dropTargetClasses: string[]
  dropTargetStyle: Record<string, string>
}

const MOVE_MS = 140

const isMove = <Item>(event: Event): event is CustomEvent<{ items: Item[] }> => event instanceof CustomEvent

/**
 * Makes the children of `zone` orderable by finger, mouse and keyboard. The library comes when the list first has something
 * to order; until then, and if it never comes, the list stays as it is.
 */
export function ordering<Item extends Keyed>(node: HTMLElement, reorder: (items: Item[]) => void) {
  let zone: Zone<Item> | undefined
  let latest: Item[] = []
  let stopped = false
  let asked = false
  const options = (): Options<Item> => ({
    items: latest,
    flipDurationMs: MOVE_MS,
    dropTargetClasses: [],
    dropTargetStyle: {},
  })
  const moved = (event: Event) => {
    if (isMove<Item>(event)) reorder(event.detail.items)
  }
  node.addEventListener('consider', moved)
  node.addEventListener('finalize', moved)

  return {
    show(items: Item[]) {
      latest = items
      zone?.update?.(options())
      if (asked || items.length < 2) return
      asked = true
      import('svelte-dnd-action')
        .then(({ dndzone }) => {
          if (!stopped) zone = dndzone<Item>(node, options())
        })
        .catch(() => {
          asked = false
        })
    },
    stop() {
      stopped = true
      zone?.destroy?.()
    },
  }
}
