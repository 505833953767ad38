/**
 * Replies of other servers: taken where they answer what that server was asked, and handed to who wanted to know.
 */
import type { AnswerMessage, BusMessage, FlowIdentity, ReplyAddress, SentMessage } from '../../ports/bus.ts'
import { serverOfPlace } from '../../ports/places.ts'
import type { HomeIsMessage } from '../../ports/topology-bus.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { AskedHomes } from './asked-homes.ts'
import { type Ask, type Asks, readReplyNumber } from './asks.ts'
import { failures } from './refusals.ts'
import type { ServerPlaces } from './server-places.ts'
import { userOf } from './user-of.ts'

type Reply = BusMessage & { readonly to: ReplyAddress }

export interface RepliesOwner {
  send(place: number, message: BusMessage): boolean
  /** The home was wrong: it is looked for again. */
  retry(ask: Ask, aor: Aor): void
  /** It was answered, or is lost. */
  ended(ask: Ask): void
}

/** What may come back for what was asked. */
const answersTo: Partial<Record<BusMessage['kind'], readonly BusMessage['kind'][]>> = {
  request: ['answer', 'targets', 'wrong-home'],
  deliver: ['answer', 'wrong-home'],
  locate: ['answer', 'targets', 'wrong-home'],
  forward: ['outcome'],
  send: ['outcome'],
  whose: ['home-is'],
  'move-ask': ['move-reply', 'wrong-home'],
  barrier: ['barrier-passed'],
  'groups-change': ['policy-applied'],
}

export class Replies {
  readonly #asks: Asks
  readonly #places: ServerPlaces
  /** Each knows what it has asked. */
  readonly #homings: readonly AskedHomes[]
  readonly #owner: RepliesOwner

  constructor(asks: Asks, places: ServerPlaces, homings: readonly AskedHomes[], owner: RepliesOwner) {
    this.#asks = asks
    this.#places = places
    this.#homings = homings
    this.#owner = owner
  }

  take(message: Reply): void {
    const { ask: number, server } = readReplyNumber(message.to.number)
    const ask = this.#asks.find(number)
    if (!ask || this.#places.numberOf(ask.server) !== server) return
    if (!answersTo[ask.message.kind]?.includes(message.kind)) return
    this.#answer(ask, message)
    const isSentBack = message.kind === 'wrong-home' && !ask.isRetry
    if (this.#asks.find(ask.number) === null && !isSentBack) this.#owner.ended(ask)
  }

  #answer(ask: Ask, message: Reply): void {
    switch (message.kind) {
      case 'home-is':
        this.#asks.remove(ask)
        return this.#onHomeIs(ask, message)
      case 'wrong-home':
        return this.#onWrongHome(ask)
      case 'outcome':
        this.#asks.heard(ask, message.status)
        return this.#pass(ask, message)
      case 'answer':
        this.#asks.remove(ask)
        return this.#pass(ask, this.#checked(ask, message))
      case 'targets':
        this.#asks.remove(ask)
        return this.#pass(ask, {
          ...message,
          sender: senderOf(ask, message.sender),
          identity: identityOf(ask, message),
        })
      default:
        this.#asks.remove(ask)
        return this.#pass(ask, message)
    }
  }

  /** The server that was asked is gone, or out of reach. */
  lose(ask: Ask): void {
    this.#asks.remove(ask)
    const { message } = ask
    if (message.kind === 'whose') for (const each of this.#homings) each.onSilent(ask.server, message.aor)
    else for (const reply of failures(ask.message, true)) this.#owner.send(reply.to.worker, reply)
    this.#owner.ended(ask)
  }

  #onHomeIs({ server, message }: Ask, { aor, isOurs, epoch }: HomeIsMessage): void {
    const asked = message.kind === 'whose' ? message.aor : aor
    for (const homing of this.#homings) homing.onAnswer(server, asked, isOurs, epoch)
  }

  #pass({ from }: Ask, message: Reply): void {
    if (from) this.#owner.send(from.worker, { ...message, to: from } as BusMessage)
  }

  #onWrongHome(ask: Ask): void {
    this.#asks.remove(ask)
    const { message } = ask
    const aor = userOf(message)
    if (aor !== null && !ask.isRetry) this.#owner.retry(ask, aor)
    else for (const reply of failures(message, false)) this.#owner.send(reply.to.worker, reply)
  }

  /** A home says who its own users are; of the users of others it hears and says nothing. */
  #checked(ask: Ask, message: AnswerMessage): AnswerMessage {
    const identity = identityOf(ask, message)
    const { message: asked } = ask
    if (asked.kind === 'request') return { ...message, identity }
    if (asked.kind === 'deliver' && asked.isCopied && message.status < 300) this.#tellSender(asked)
    return { ...message, identity, bound: null }
  }

  /** In the recipient's home's place, which need not be believed that it has taken what it names. */
  #tellSender({ sender, request, operationId, source }: BusMessage & { readonly kind: 'deliver' }): void {
    const sent: SentMessage = { kind: 'sent', sender, request, operationId, flow: source.flow }
    const place = this.#places.of(sender)
    if (serverOfPlace(place) === 0) this.#owner.send(place, sent)
  }
}

function senderOf({ message }: Ask, sender: Aor): Aor {
  return 'sender' in message ? message.sender : sender
}

/** Whether it was proved is the answer's word; who it is, only for a request that home's own. */
function identityOf({ message }: Ask, { identity }: { readonly identity: FlowIdentity | null }): FlowIdentity | null {
  if (identity === null) return null
  if (message.kind === 'deliver' || message.kind === 'locate') return message.identity
  if (message.kind !== 'request') return null
  const isSenders = identity.aor === message.sender || identity.aliases.includes(message.sender)
  return isSenders ? identity : null
}
