/**
 * Bytes on the wire of what the model does: SIP and the records of TLS, both directions, as the server sees them,
 * without TCP and IP. Sizes are of samples, with names and branches of usual length.
 */
import type { Parameters } from './parameters.ts'
import type { Basis, Rates } from './rate-kinds.ts'

const bytes = {
  register: 616,
  registerWithAuthorization: 888,
  unauthorized: 562,
  registered: 593,
  subscribe: 652,
  /** 200 to SUBSCRIBE and PUBLISH. */
  accepted: 400,
  publish: 531,
  notify: 518,
  listNotify: 923,
  listResource: 283,
  notifyTaken: 435,
  message: 506,
  /** 200 to MESSAGE and to typing notices. */
  messageTaken: 364,
  typing: 515,
  /** INVITE, 200, ACK, BYE, 200, with the description of the session. */
  session: 3_350,
  /** Of one forwarding: Via, and Record-Route or the like. */
  forwarding: 132,
  /** A record of TLS around each message. */
  record: 22,
} as const

type Counted = Omit<Rates, 'bytes'>

export function bytesPerSecond(parameters: Parameters, basis: Basis, rates: Counted, bodyBytes: number): number {
  return (
    registerBytes(basis) +
    rates.subscribe * exchange(bytes.subscribe, bytes.accepted) +
    rates.publish * exchange(bytes.publish + parameters.documentBytes, bytes.accepted) +
    notifyBytes(parameters, basis, rates) +
    relayed(bytes.message + bodyBytes, bytes.messageTaken, rates.messagesWritten, rates.messagesDelivered) +
    relayed(bytes.typing, bytes.messageTaken, rates.typing, rates.typing) +
    rates.sessions * (2 * bytes.session + 3 * bytes.forwarding)
  )
}

/** A request and its answer, each in a record. */
function exchange(request: number, answer: number): number {
  return request + answer + 2 * bytes.record
}

function relayed(request: number, answer: number, comes: number, goes: number): number {
  return comes * exchange(request, answer) + goes * exchange(request + bytes.forwarding, answer)
}

function registerBytes({ refreshes, signIns, losses }: Basis): number {
  const authorized = exchange(bytes.registerWithAuthorization, bytes.registered)
  const challenged = exchange(bytes.register, bytes.unauthorized)
  return (refreshes + signIns) * authorized + (signIns + losses) * (challenged + authorized)
}

/** With lists the first notification of the list holds all contacts, each later one a single one. */
function notifyBytes(parameters: Parameters, basis: Basis, rates: Counted): number {
  const { lists, contacts, documentBytes } = parameters
  const single = exchange(bytes.notify + documentBytes, bytes.notifyTaken)
  if (!lists) return rates.notify * single
  const list = (resources: number): number =>
    exchange(bytes.listNotify + resources * (bytes.listResource + documentBytes), bytes.notifyTaken)
  const listSubscriptions = rates.subscribe / basis.subscriptions
  const others = rates.subscribe - listSubscriptions
  return rates.notifyOfChanges * list(1) + listSubscriptions * list(contacts) + others * single
}
