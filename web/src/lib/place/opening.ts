import { createContext } from 'svelte'

/** How a page asks the frame to open the neighbourhood sheet. */
export const [placeOpener, setPlaceOpener] = createContext<() => void>()
