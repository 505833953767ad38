/**
 * Conversations of one account in this browser, in IndexedDB: bounded, the oldest go first. A browser that has no room
 * or forbids it costs the history, nothing else.
 */
import type { Address } from '../chat-model/addresses.ts'
import type { ChatMessage } from '../chat-model/state.ts'

const historyMessagesMax = 5_000
/** Not at every message: a walk over the oldest. */
const pruneEvery = 100

export class History {
  readonly #name: string
  #database: Promise<IDBDatabase> | null = null
  #puts = 0

  constructor(account: Address) {
    this.#name = `meridian-chat ${account}`
  }

  async load(): Promise<readonly ChatMessage[]> {
    return this.#try(async (database) => {
      const store = database.transaction('messages').objectStore('messages')
      return (await finished(store.index('atMs').getAll())) as ChatMessage[]
    }, [])
  }

  put(messages: readonly ChatMessage[]): Promise<void> {
    return this.#try(async (database) => {
      const transaction = database.transaction('messages', 'readwrite')
      const store = transaction.objectStore('messages')
      for (const message of messages) store.put(message)
      this.#puts += messages.length
      if (this.#puts < pruneEvery) return
      this.#puts = 0
      const surplus = (await finished(store.count())) - historyMessagesMax
      if (surplus <= 0) return
      for (const key of await finished(store.index('atMs').getAllKeys(null, surplus))) store.delete(key)
    }, undefined)
  }

  /** All of this account in this browser. */
  async clear(): Promise<void> {
    await this.#try(async (database) => {
      await finished(database.transaction('messages', 'readwrite').objectStore('messages').clear())
    }, undefined)
  }

  async #try<T>(work: (database: IDBDatabase) => Promise<T>, otherwise: T): Promise<T> {
    try {
      this.#database ??= this.#open()
      return await work(await this.#database)
    } catch {
      this.#database = null
      return otherwise
    }
  }

  #open(): Promise<IDBDatabase> {
    const request = indexedDB.open(this.#name, 1)
    request.onupgradeneeded = () => {
      const store = request.result.createObjectStore('messages', { keyPath: 'id' })
      store.createIndex('atMs', 'atMs')
    }
    return finished(request)
  }
}

function finished<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
