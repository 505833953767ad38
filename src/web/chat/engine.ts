/**
 * The tab with the connection: does what any tab of this account asks for, and tells all of them what happened.
 */
import type { Address } from '../chat-model/addresses.ts'
import { composingBody } from '../chat-model/composing.ts'
import { askingText, notificationBody } from '../chat-model/cpim.ts'
import { type Arrived, understand } from '../chat-model/incoming.ts'
import type { ListNotify } from '../chat-model/list-notify.ts'
import { markOfStatus, refusalWords } from '../chat-model/marks.ts'
import type { ChatEvent, ChatMessage, ChatState, OwnChoice } from '../chat-model/state.ts'
import { Connector } from './connector.ts'
import { History } from './history.ts'
import { OwnPublication } from './own-presence.ts'
import { parseXml } from './parse-xml.ts'
import { ServerContacts } from './server-contacts.ts'

export type Command =
  | { readonly kind: 'send'; readonly peer: Address; readonly text: string; readonly id: string }
  | { readonly kind: 'retry'; readonly peer: Address; readonly id: string }
  | { readonly kind: 'composing'; readonly peer: Address; readonly notice: 'active' | 'idle' }
  | { readonly kind: 'read'; readonly peer: Address }
  | { readonly kind: 'open'; readonly peer: Address }
  | { readonly kind: 'add-contact'; readonly address: Address; readonly name: string | null }
  | { readonly kind: 'remove-contact'; readonly address: Address }
  | { readonly kind: 'own'; readonly choice: OwnChoice; readonly note: string }
  /** Somebody is at the keyboard. */
  | { readonly kind: 'activity' }
  | { readonly kind: 'reconnect' }
  | { readonly kind: 'clear-history' }

export interface EngineSettings {
  readonly url: string
  readonly account: Address
  readonly user: string
  readonly password: string
  readonly instanceId: string
  readonly xcapRoot: string
}

export interface EnginePorts {
  state(): ChatState
  emit(event: ChatEvent): void
  /** A message that nobody has seen yet came just now. */
  onUnread(message: ChatMessage): void
}

const accept = 'Accept: text/plain, message/cpim, application/im-iscomposing+xml, message/imdn+xml'
const awayAfterMs = 5 * 60_000
const readAtOnceMax = 50

export class Engine {
  readonly #settings: EngineSettings
  readonly #ports: EnginePorts
  readonly #connector: Connector
  readonly #contacts: ServerContacts
  readonly #history: History
  readonly #publication: OwnPublication
  /** People who refused an envelope: they get plain text. */
  readonly #plainOnly = new Set<Address>()
  readonly #typing = new Map<Address, ReturnType<typeof setTimeout>>()
  #idle: ReturnType<typeof setTimeout> | undefined
  #isReadingContacts = false

  constructor(settings: EngineSettings, ports: EnginePorts) {
    this.#settings = settings
    this.#ports = ports
    this.#contacts = new ServerContacts(settings)
    this.#history = new History(settings.account)
    this.#connector = new Connector(settings, {
      onConnection: (connection) => ports.emit({ kind: 'connection', connection }),
      onOnline: () => this.#onOnline(),
      onMessage: (arrived) => this.#onMessage(arrived),
      onList: (notify) => this.#onList(notify),
    })
    this.#publication = new OwnPublication(this.#connector, settings.account, settings.instanceId)
  }

  async start(): Promise<void> {
    const kept = await this.#history.load()
    // What an earlier page was sending when it was closed.
    const given = kept.map((message): ChatMessage => {
      const isOpen = message.isOwn && message.mark === 'sending'
      return isOpen ? { ...message, mark: 'failed', reason: 'the page was closed before the answer' } : message
    })
    this.#ports.emit({ kind: 'history', messages: given })
    this.#onActivity()
    this.#connector.connect()
  }

  async end(isSigningOut: boolean): Promise<void> {
    clearTimeout(this.#idle)
    for (const timer of this.#typing.values()) clearTimeout(timer)
    if (this.#connector.isOnline) {
      const ended = this.#publication.end()
      if (isSigningOut) await ended
    }
    await this.#connector.end(isSigningOut)
  }

  run(command: Command): void {
    switch (command.kind) {
      case 'send':
        return this.#sendNew(command)
      case 'retry':
        return this.#retry(command)
      case 'composing':
        return this.#sendComposing(command)
      case 'read':
        return this.#read(command.peer)
      case 'open':
        return this.#ports.emit({ kind: 'opened', peer: command.peer })
      case 'add-contact':
        return void this.#changeContacts(this.#contacts.add(command.address, command.name))
      case 'remove-contact':
        return void this.#changeContacts(this.#contacts.remove(command.address))
      case 'own':
        return this.#setOwn({ choice: command.choice, note: command.note })
      case 'activity':
        return this.#onActivity()
      case 'reconnect':
        return this.#connector.retryNow()
      case 'clear-history':
        return void this.#history.clear()
    }
  }

  #onOnline(): void {
    this.#publication.publish(this.#ports.state().own)
    void this.#readContacts()
    for (const { messages } of Object.values(this.#ports.state().conversations))
      for (const message of messages) if (message.isOwn && message.mark === 'sending') void this.#send(message)
  }

  // Messages to others.

  #sendNew({ peer, text, id }: Command & { kind: 'send' }): void {
    // Asked for again after the tab that had the connection was closed.
    if (this.#find(peer, id)) return
    const message: ChatMessage = {
      id,
      peer,
      isOwn: true,
      text,
      atMs: Date.now(),
      mark: 'sending',
      reason: null,
      isUnread: false,
      wantsRead: null,
    }
    this.#ports.emit({ kind: 'message', message })
    void this.#history.put([message])
    this.#onActivity()
    // Without a connection it waits for one.
    if (this.#connector.isOnline) void this.#send(message)
  }

  #retry({ peer, id }: Command & { kind: 'retry' }): void {
    const message = this.#find(peer, id)
    if (message?.mark !== 'failed') return
    this.#mark(peer, id, 'sending', null)
    if (this.#connector.isOnline) void this.#send(message)
  }

  async #send({ peer, id, text, atMs }: ChatMessage): Promise<void> {
    const { account } = this.#settings
    const { conversations, presence } = this.#ports.state()
    const reads = conversations[peer]?.readsNotifications || presence[peer]?.readsNotifications
    const isAsking = reads === true && !this.#plainOnly.has(peer)
    const envelope = { from: account, to: peer, nowMs: atMs, messageId: id }
    const outcome = isAsking
      ? await this.#message(peer, 'message/cpim', askingText(text, envelope))
      : await this.#message(peer, 'text/plain;charset=UTF-8', text)
    if (isAsking && outcome.status === 415) {
      this.#plainOnly.add(peer)
      return this.#send({ peer, id, text, atMs } as ChatMessage)
    }
    const { status, reason } = outcome
    const words = status === 0 ? 'the connection was lost before the answer' : refusalWords(status, reason)
    this.#mark(peer, id, markOfStatus(status === 0 ? 503 : status), status >= 200 && status < 300 ? null : words)
  }

  #sendComposing({ peer, notice }: Command & { kind: 'composing' }): void {
    const { presence, conversations } = this.#ports.state()
    const isThere = ['available', 'busy', 'away'].includes(presence[peer]?.availability ?? '')
    // To somebody who is not there nobody types.
    if (!isThere && conversations[peer]?.messages.at(-1)?.isOwn !== false) return
    void this.#message(peer, 'application/im-iscomposing+xml', composingBody(notice), ['Expires: 0'])
  }

  #notify(kind: 'delivered' | 'displayed', peer: Address, of: string): void {
    const envelope = { from: this.#settings.account, to: peer, nowMs: Date.now(), messageId: crypto.randomUUID() }
    void this.#message(peer, 'message/cpim', notificationBody(kind, of, envelope))
  }

  #message(to: Address, contentType: string, body: string, headers: readonly string[] = []) {
    return this.#connector.request({ method: 'MESSAGE', to, headers: [accept, ...headers], contentType, body })
  }

  #mark(peer: Address, id: string, mark: ChatMessage['mark'], reason: string | null): void {
    this.#ports.emit({ kind: 'mark', peer, id, mark, reason })
    const message = this.#find(peer, id)
    if (message) void this.#history.put([message])
  }

  #find(peer: Address, id: string): ChatMessage | undefined {
    return this.#ports.state().conversations[peer]?.messages.find((each) => each.id === id)
  }

  // Messages from others.

  #onMessage(arrived: Arrived): number {
    const understood = understand(arrived, this.#settings.account, parseXml)
    const { from } = arrived
    if (/message\/imdn\+xml/i.test(arrived.accept) && from !== this.#settings.account)
      this.#ports.emit({ kind: 'peer', peer: from, name: null, readsNotifications: true })
    switch (understood.kind) {
      case 'unreadable':
        return 415
      case 'nothing':
        break
      case 'composing':
        this.#onComposing(from, understood.forMs)
        break
      case 'notification':
        this.#mark(from, understood.messageId, understood.mark, null)
        break
      case 'text':
        this.#onText(understood)
    }
    return 200
  }

  #onText({ peer, isOwn, text, id, atMs, asks }: ReturnType<typeof understand> & { kind: 'text' }): void {
    if (this.#find(peer, id)) return
    const message: ChatMessage = {
      id,
      peer,
      isOwn,
      text,
      // A clock that is ahead must not keep a message at the end for ever.
      atMs: Math.min(atMs ?? Date.now(), Date.now()),
      mark: 'delivered',
      reason: null,
      isUnread: !isOwn,
      wantsRead: !isOwn && asks.includes('display') ? id : null,
    }
    this.#clearTyping(peer)
    this.#ports.emit({ kind: 'message', message })
    void this.#history.put([message])
    if (isOwn) return
    if (asks.includes('positive-delivery')) this.#notify('delivered', peer, id)
    this.#ports.onUnread(message)
  }

  #onComposing(peer: Address, forMs: number): void {
    this.#clearTyping(peer)
    this.#ports.emit({ kind: 'typing', peer, isTyping: forMs > 0 })
    if (forMs === 0) return
    const stop = () => this.#ports.emit({ kind: 'typing', peer, isTyping: false })
    this.#typing.set(peer, setTimeout(stop, forMs))
  }

  #clearTyping(peer: Address): void {
    clearTimeout(this.#typing.get(peer))
    this.#typing.delete(peer)
  }

  #read(peer: Address): void {
    const unread = this.#ports.state().conversations[peer]?.messages.filter(({ isUnread }) => isUnread) ?? []
    if (unread.length === 0) return
    this.#ports.emit({ kind: 'read', peer })
    void this.#history.put(unread.map((each) => ({ ...each, isUnread: false, wantsRead: null })))
    const asked = unread.flatMap(({ wantsRead }) => wantsRead ?? [])
    for (const id of asked.slice(-readAtOnceMax)) this.#notify('displayed', peer, id)
  }

  // Contacts and presence.

  #onList({ isFull, of }: ListNotify): void {
    this.#ports.emit({ kind: 'presence', of, isAll: isFull })
    const known = new Set(this.#ports.state().contacts?.map(({ address }) => address))
    const isSame = isFull
      ? known.size === Object.keys(of).length && Object.keys(of).every((each) => known.has(each))
      : Object.keys(of).every((each) => known.has(each))
    // Changed by another device of this user.
    if (!isSame && this.#ports.state().contacts !== null) void this.#readContacts()
  }

  async #readContacts(): Promise<void> {
    if (this.#isReadingContacts) return
    this.#isReadingContacts = true
    await this.#changeContacts(this.#contacts.read())
    this.#isReadingContacts = false
  }

  async #changeContacts(change: Promise<Awaited<ReturnType<ServerContacts['read']>>>): Promise<void> {
    try {
      this.#ports.emit({ kind: 'contacts', contacts: await change, fault: null })
    } catch (error) {
      // What `fetch` throws where there is no connection, each browser in words of its own.
      const words = error instanceof TypeError ? 'there is no connection; try again' : String((error as Error).message)
      const fault = `The contact list could not be read or changed: ${words}`
      this.#ports.emit({ kind: 'contacts-fault', fault })
    }
  }

  #setOwn(change: Partial<ChatState['own']>): void {
    const own = { ...this.#ports.state().own, ...change }
    this.#ports.emit({ kind: 'own', own })
    if (this.#connector.isOnline) this.#publication.publish(own)
  }

  #onActivity(): void {
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => this.#setOwn({ isIdle: true }), awayAfterMs)
    if (this.#ports.state().own.isIdle) this.#setOwn({ isIdle: false })
  }
}
