/** One shelf of rows on this device, each under its `clientId`. */
export type Shelf = {
  all(): Promise<unknown[]>
  put<Row extends { clientId: string }>(row: Row): Promise<void>
  remove(clientId: string): Promise<void>
  clear(): Promise<void>
}

const DATABASE = 'madang'
const DATABASE_VERSION = 1
const SHELVES = ['messages'] as const

const answered = <Value>(request: IDBRequest<Value>): Promise<Value> =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result)
    request.onerror = () => failed(request.error)
  })

let opening: Promise<IDBDatabase> | null = null

function openDatabase(): Promise<IDBDatabase> {
  opening ??= opened().catch((error) => {
    // Asked again next time: a browser may refuse while it is short of room.
    opening = null
    throw error
  })
  return opening
}

async function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, DATABASE_VERSION)
  request.onupgradeneeded = () => {
    for (const name of SHELVES)
      if (!request.result.objectStoreNames.contains(name))
        request.result.createObjectStore(name, { keyPath: 'clientId' })
  }
  const database = await answered(request)
  // A newer page wants to change the shelves, or the browser closed them: the next question opens them anew.
  database.onversionchange = () => database.close()
  database.onclose = () => {
    opening = null
  }
  return database
}

/** A shelf of the device's own database. Every call may fail: a private window or a full disk keeps nothing. */
export function shelf(name: (typeof SHELVES)[number]): Shelf {
  async function asked<Value>(
    mode: IDBTransactionMode,
    ask: (store: IDBObjectStore) => IDBRequest<Value>,
  ): Promise<Value> {
    const store = (await openDatabase()).transaction(name, mode).objectStore(name)
    return await answered(ask(store))
  }
  return {
    all: () => asked<unknown[]>('readonly', (store) => store.getAll()),
    put: async (row) => void (await asked('readwrite', (store) => store.put(row))),
    remove: async (clientId) => void (await asked('readwrite', (store) => store.delete(clientId))),
    clear: async () => void (await asked('readwrite', (store) => store.clear())),
  }
}
