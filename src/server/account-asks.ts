/**
 * Main's way to accounts, policy, documents and presence of a running server: asks the shard that owns them and waits
 * for its reply; lists by reading the store, which holds every account whatever shard it is in.
 */
import type { MessagePort } from 'node:worker_threads'
import type { AccountBook, DocumentBook, MoveBook, PolicyBook, PresenceBook } from '../admin/index.ts'
import { readAccounts } from '../directory/index.ts'
import type {
  AdminReply,
  AdminRequest,
  DocumentReply,
  DocumentRequest,
  PolicyReply,
  PolicyRequest,
  PresenceReply,
  PresenceRequest,
} from '../ports/admin.ts'
import type {
  AdminReplyMessage,
  BusMessage,
  DocumentReplyMessage,
  PolicyReplyMessage,
  ReplyAddress,
} from '../ports/bus.ts'
import type { Account } from '../ports/directory.ts'
import type {
  DirectoryAnswerMessage,
  DirectoryAskMessage,
  HomeAnswerMessage,
  HomeAskMessage,
} from '../ports/directory-bus.ts'
import type { MoveReply, MoveReplyMessage, MoveRequest, UserMovedMessage } from '../ports/move-bus.ts'
import type { PresenceReplyMessage } from '../ports/presence-bus.ts'
import { shardOf } from '../ports/sharding.ts'
import type { Store } from '../ports/store.ts'
import { type BusOwner, PortBus } from '../runtime/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { SharedReading } from './shared-reading.ts'

export type DirectoryFound = Pick<DirectoryAnswerMessage, 'outcome' | 'mainAor'>
export type DirectoryHome = Pick<HomeAnswerMessage, 'outcome' | 'server'>

const replyDeadlineMs = 10_000
/** Longer than a move takes with all its waits; the new home may be slow to take over after the commit. */
const moveDeadlineMs = 30_000

type Reply = AdminReply | PolicyReply | DocumentReply | PresenceReply | MoveReply
type Answer = Reply | DirectoryHome
type ReplyMessage =
  | AdminReplyMessage
  | PolicyReplyMessage
  | DocumentReplyMessage
  | PresenceReplyMessage
  | MoveReplyMessage

const replyKinds: ReadonlySet<BusMessage['kind']> = new Set([
  'admin-reply',
  'policy-reply',
  'document-reply',
  'presence-reply',
  'move-reply',
])

export class AccountAsks implements AccountBook, PolicyBook, DocumentBook, PresenceBook, MoveBook, BusOwner {
  readonly #bus: PortBus
  /** Every page of users reads all of them. */
  readonly #accounts: SharedReading<readonly Account[]>
  readonly #workersCount: number
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #count = 0
  /** Set where accounts come from a directory. */
  onDirectoryAsk: (aor: Aor) => Promise<DirectoryFound> = async () => ({ outcome: 'nobody', mainAor: null })
  /** Somebody has come from another home, or gone to one. */
  onUserMoved: (message: UserMovedMessage) => void = () => {}
  onHomeAsk: (aor: Aor, isAnew: boolean) => Promise<DirectoryHome> = async () => ({ outcome: 'unnamed', server: null })
  #flushScheduled = false

  constructor(workersCount: number, store: Store) {
    this.#workersCount = workersCount
    this.#accounts = new SharedReading(() => readAccounts(store))
    // Main is the peer behind the last worker.
    this.#bus = new PortBus({ worker: workersCount, incarnation: 1, workersCount }, this)
  }

  connect(worker: number, incarnation: number, port: MessagePort): void {
    this.#bus.connect(worker, incarnation, port)
  }

  async act(aor: Aor, act: AdminRequest): Promise<AdminReply> {
    if (act.act === 'add') {
      const taken = (await this.#takenName(aor)) ?? (await this.#takenAlias(aor, act.aliases))
      if (taken) return taken
    }
    return this.#ask(aor, act)
  }

  askMove(aor: Aor, act: MoveRequest): Promise<MoveReply> {
    return this.#exchange<MoveReply>(aor, (from) => ({ kind: 'move-ask', from, aor, act }), moveDeadlineMs)
  }

  askPolicy(aor: Aor, act: PolicyRequest): Promise<PolicyReply> {
    return this.#exchange<PolicyReply>(aor, (from) => ({ kind: 'policy-ask', from, aor, act }))
  }

  askDocument(aor: Aor, act: DocumentRequest): Promise<DocumentReply> {
    return this.#exchange<DocumentReply>(aor, (from) => ({ kind: 'document', from, aor, act }))
  }

  askPresence(aor: Aor, act: PresenceRequest): Promise<PresenceReply> {
    return this.#exchange<PresenceReply>(aor, (from) => ({ kind: 'presence-ask', from, aor, act }))
  }

  list(): Promise<readonly Account[]> {
    return this.#accounts.get()
  }

  onBusMessage(message: BusMessage): void {
    if (replyKinds.has(message.kind)) this.#onReply(message as ReplyMessage)
    else if (message.kind === 'home-answer') this.#onHomeAnswer(message)
    else if (message.kind === 'directory-ask') void this.#answerDirectory(message)
    else if (message.kind === 'user-moved') this.onUserMoved(message)
    else if (message.kind === 'home-ask') void this.#answerHome(message)
  }

  onBusWork(): void {
    if (this.#flushScheduled) return
    this.#flushScheduled = true
    setImmediate(() => {
      this.#flushScheduled = false
      this.#bus.flush()
    })
  }

  close(): void {
    this.#bus.close()
  }

  /** First, so that a user who is there is called that, and not the owner of his own aliases. */
  async #takenName(aor: Aor): Promise<AdminReply | null> {
    const reply = await this.#ask(aor, { act: 'show' })
    if (!reply.ok) return reply.error === 'not-found' ? null : reply
    const main = reply.account?.aor
    const message = main === aor ? `${aor} is a user already` : `${aor} is another name of ${main} already`
    return { ok: false, error: 'exists', message }
  }

  /** The other names may belong to other shards: each is asked before the account is made. */
  async #takenAlias(aor: Aor, aliases: readonly Aor[]): Promise<AdminReply | null> {
    for (const alias of aliases) {
      const reply = await this.#ask(alias, { act: 'show' })
      if (reply.ok)
        return { ok: false, error: 'exists', message: `${alias} is taken, so it cannot be a name of ${aor}` }
      // Only a plain no is a no: what cannot be asked now may be somebody's.
      if (reply.error !== 'not-found') return reply
    }
    return null
  }

  async #answerDirectory({ from: to, aor }: DirectoryAskMessage): Promise<void> {
    const found = await this.onDirectoryAsk(aor)
    this.#bus.send(to.worker, { kind: 'directory-answer', to, aor, ...found })
  }

  async #answerHome({ from: to, aor, isAnew }: HomeAskMessage): Promise<void> {
    const home = await this.onHomeAsk(aor, isAnew)
    this.#bus.send(to.worker, { kind: 'home-answer', to, aor, ...home })
  }

  /** Which other server says that this user is its own; `unsure` where one cannot be asked. */
  askOtherHomes(aor: Aor): Promise<DirectoryHome> {
    const message = (from: ReplyAddress) => ({ kind: 'home-ask', from, aor, isAnew: true }) as const
    return this.#exchange<DirectoryHome>(aor, message, replyDeadlineMs, { outcome: 'unsure', server: null })
  }

  /** The directory names another home of this user: what workers have kept of it is asked for again. */
  tellRenamed(aor: Aor, names: readonly Aor[]): void {
    for (let worker = 0; worker < this.#workersCount; worker++) {
      this.#bus.send(worker, { kind: 'home-renamed', aor, names })
    }
  }

  #onReply({ to, reply }: ReplyMessage): void {
    this.#waiting.get(to.number)?.(reply)
  }

  #onHomeAnswer({ to, outcome, server }: HomeAnswerMessage): void {
    this.#waiting.get(to.number)?.({ outcome, server })
  }

  #ask(aor: Aor, act: AdminRequest): Promise<AdminReply> {
    return this.#exchange<AdminReply>(aor, (from) => ({ kind: 'admin', from, aor, act }))
  }

  /** `silence`: the answer where none comes. */
  #exchange<A extends Answer>(
    aor: Aor,
    message: (from: ReplyAddress) => BusMessage,
    deadlineMs = replyDeadlineMs,
    silence: Answer = unavailable,
  ): Promise<A> {
    const number = ++this.#count
    return new Promise((resolve) => {
      const timer = setTimeout(() => finish(silence), deadlineMs)
      const finish = (answer: Answer) => {
        clearTimeout(timer)
        this.#waiting.delete(number)
        // A number is answered by what was asked for.
        resolve(answer as A)
      }
      this.#waiting.set(number, finish)
      const from = { worker: this.#workersCount, incarnation: 1, half: 'main', number } as const
      if (!this.#bus.send(shardOf(aor, this.#workersCount), message(from))) finish(silence)
    })
  }
}

const unavailable: AdminReply & PolicyReply & DocumentReply & PresenceReply & MoveReply = {
  ok: false,
  error: 'unavailable',
  message: 'the part of the server that holds this user does not answer; try again',
}
