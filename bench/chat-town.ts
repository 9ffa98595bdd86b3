import { z } from 'zod'
import { IDLE_ROOMS, type Rooms, SOCKETS_PER_ROOM } from './chat-cases.ts'
import { type Member, makeMembers, post, type Sign } from './townsfolk.ts'

const BUYERS = 10
const SELLERS = IDLE_ROOMS / BUYERS
const Made = z.object({ id: z.string() })
const Ticket = z.object({ url: z.string() })

type Room = { id: string; seller: Member; buyer: Member }

/** Members, listings and rooms made through the platform's own routes; each room's two members connect from five devices each. */
export async function roomsOfPlatform(origin: string, sign: Sign): Promise<Rooms> {
  const rooms = await makeRooms(origin, sign)
  return async (index, socket) => {
    const room = rooms[index]
    if (!room) throw new Error(`there is no room ${index}`)
    const { token } = socket < SOCKETS_PER_ROOM / 2 ? room.seller : room.buyer
    const { url } = Ticket.parse(await post(origin, `/api/v1/chat/rooms/${room.id}/ticket`, {}, token))
    return `${origin.replace('http', 'ws')}${url}`
  }
}

/** The same rooms on the floor: a path is all they need. */
export const roomsOfFloor =
  (origin: string): Rooms =>
  async (room) =>
    `${origin.replace('http', 'ws')}/echo/${room}`

async function makeRooms(origin: string, sign: Sign): Promise<Room[]> {
  const sellers = await makeMembers(origin, sign, 'seller', SELLERS)
  const buyers = await makeMembers(origin, sign, 'buyer', BUYERS)
  const rooms: Room[] = []
  for (const [index, seller] of sellers.entries()) {
    const listing = {
      title: `의자 ${index}`,
      description: '한 번 앉았어요.',
      category: 'furniture',
      price: 10_000 + index,
    }
    const { id: listingId } = Made.parse(await post(origin, '/api/v1/listings', listing, seller.token))
    for (const buyer of buyers) {
      const { id } = Made.parse(await post(origin, '/api/v1/chat/rooms', { listingId }, buyer.token))
      rooms.push({ id, seller, buyer })
    }
  }
  // The first twenty rooms are of twenty sellers, so that no member's sockets crowd into one place.
  return rooms.toSorted((a, b) => (rooms.indexOf(a) % BUYERS) - (rooms.indexOf(b) % BUYERS))
}
