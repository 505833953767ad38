/**
 * One tab: signs in, and shares the account with the other tabs of this browser. The one that gets the lock has the
 * connection (`engine.ts`); the others follow its events and send it what they want done. When it goes, the next one
 * gets the lock.
 */
import type { Address } from '../chat-model/addresses.ts'
import { userOf } from '../chat-model/addresses.ts'
import { type ChatEvent, type ChatMessage, type ChatState, initialState, reduce } from '../chat-model/state.ts'
import { type Command, Engine } from './engine.ts'

export interface SignIn {
  readonly account: Address
  readonly password: string
}

export interface ClientSettings {
  readonly url: string
  readonly xcapRoot: string
}

type TabMessage =
  | { readonly kind: 'hello'; readonly tab: string; readonly proof: string }
  | { readonly kind: 'welcome'; readonly tab: string; readonly state: ChatState }
  | { readonly kind: 'unwelcome'; readonly tab: string }
  | { readonly kind: 'event'; readonly event: ChatEvent }
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'leader' }
  | { readonly kind: 'bye' }

const wrongPassword = 'The name or the password is wrong.'

export class ChatClient {
  /** Null: signed out. */
  state: ChatState | null = null
  /** Why the last sign-in ended; null when nothing is to be said. */
  fault: string | null = null
  readonly #settings: ClientSettings
  readonly #onChange: () => void
  readonly #onUnread: (message: ChatMessage) => void
  readonly #tab = crypto.randomUUID()
  #signIn: SignIn | null = null
  #proof = ''
  #channel: BroadcastChannel | null = null
  #engine: Engine | null = null
  #release: (() => void) | null = null
  #isWelcome = false
  /** Messages that no event has confirmed yet: a tab that closes may have taken them along. */
  readonly #unconfirmed = new Map<string, Command>()

  constructor(settings: ClientSettings, onChange: () => void, onUnread: (message: ChatMessage) => void) {
    this.#settings = settings
    this.#onChange = onChange
    this.#onUnread = onUnread
    // Closed, this tab is not reachable any more; without this the others would see so minutes later.
    addEventListener('pagehide', () => void this.#engine?.end(true))
  }

  async signIn(signIn: SignIn): Promise<void> {
    const { account } = signIn
    this.#signIn = signIn
    this.#proof = await proofOf(signIn)
    this.fault = null
    this.state = initialState(account)
    this.#onChange()
    this.#channel = new BroadcastChannel(`meridian-chat ${account}`)
    this.#channel.onmessage = ({ data }) => this.#onTab(data as TabMessage)
    this.#post({ kind: 'hello', tab: this.#tab, proof: this.#proof })
    const isOurs = () => this.#signIn === signIn
    void navigator.locks.request(`meridian-chat ${account}`, () => {
      if (!isOurs()) return undefined
      this.#lead(signIn)
      return new Promise<void>((resolve) => {
        this.#release = resolve
      })
    })
  }

  run(command: Command): void {
    if (this.#engine) return this.#engine.run(command)
    if (command.kind === 'send') this.#unconfirmed.set(command.id, command)
    this.#post({ kind: 'command', command })
  }

  /** In all tabs: the server forgets this device. */
  async signOut(): Promise<void> {
    this.#post({ kind: 'bye' })
    await this.#leave(null)
  }

  #lead({ account, password }: SignIn): void {
    this.#engine = new Engine(
      { ...this.#settings, account, user: userOf(account), password, instanceId: instanceOf(account) },
      {
        state: () => this.state ?? initialState(account),
        emit: (event) => this.#emit(event),
        onUnread: this.#onUnread,
      },
    )
    void this.#engine.start()
    for (const command of this.#unconfirmed.values()) this.#engine.run(command)
    this.#post({ kind: 'leader' })
  }

  #emit(event: ChatEvent): void {
    if (event.kind === 'connection' && event.connection.kind === 'refused') {
      this.#post({ kind: 'bye' })
      return void this.#leave(event.connection.words)
    }
    this.#post({ kind: 'event', event })
    this.#apply(event)
  }

  #apply(event: ChatEvent): void {
    if (!this.state) return
    if (event.kind === 'message') this.#unconfirmed.delete(event.message.id)
    this.state = reduce(this.state, event)
    this.#onChange()
  }

  #onTab(message: TabMessage): void {
    switch (message.kind) {
      case 'hello':
        if (!this.#engine || !this.state) return
        return message.proof === this.#proof
          ? this.#post({ kind: 'welcome', tab: message.tab, state: this.state })
          : this.#post({ kind: 'unwelcome', tab: message.tab })
      case 'welcome':
        if (message.tab !== this.#tab) return
        this.#isWelcome = true
        this.state = message.state
        return this.#onChange()
      case 'unwelcome':
        return message.tab === this.#tab ? void this.#leave(wrongPassword) : undefined
      case 'event':
        return this.#isWelcome && !this.#engine ? this.#apply(message.event) : undefined
      case 'command':
        return this.#engine?.run(message.command)
      case 'leader':
        if (!this.#isWelcome) return this.#post({ kind: 'hello', tab: this.#tab, proof: this.#proof })
        for (const command of this.#unconfirmed.values()) this.#post({ kind: 'command', command })
        return
      case 'bye':
        return this.#isWelcome || this.#engine ? void this.#leave(null) : undefined
    }
  }

  async #leave(fault: string | null): Promise<void> {
    const engine = this.#engine
    this.#engine = null
    this.#signIn = null
    this.#isWelcome = false
    this.#unconfirmed.clear()
    this.#channel?.close()
    this.#channel = null
    this.state = null
    this.fault = fault
    this.#onChange()
    await engine?.end(true)
    this.#release?.()
    this.#release = null
  }

  #post(message: TabMessage): void {
    this.#channel?.postMessage(message)
  }
}

/** Shows another tab that this one knows the password, without telling it. */
async function proofOf({ account, password }: SignIn): Promise<string> {
  const bytes = new TextEncoder().encode(`meridian-chat ${account} ${password}`)
  return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].join(' ')
}

/** The same for this account in this browser, so that the server knows the device again. No secret. */
function instanceOf(account: Address): string {
  const key = `meridian-chat instance ${account}`
  try {
    const known = localStorage.getItem(key)
    if (known) return known
    const made = crypto.randomUUID()
    localStorage.setItem(key, made)
    return made
  } catch {
    return crypto.randomUUID()
  }
}
