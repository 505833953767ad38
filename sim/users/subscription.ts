/** One subscription of a device: what must be kept of its dialog, everything else is derived from its name. */
import type { HeaderLines } from './sip.ts'

export class Subscription {
  readonly packageName: string
  /** Index among the device's contacts; -1: the list, or a package of the user's own. */
  readonly contact: number
  /** Number from which Call-ID and tag are made; a new dialog gets a new one. */
  name: number
  remoteTag: string | null = null
  target: string | null = null
  route: string | null = null
  remoteCseq = 0
  /** When to subscribe next. */
  askAtUs = Number.POSITIVE_INFINITY
  /** The last SUBSCRIBE. */
  sinceUs = 0
  isAsking = false
  /** The last SUBSCRIBE was refused or got no answer, and is to be repeated. */
  isRefused = false
  /** The first NOTIFY has come. */
  isTold = false
  isFetch = false

  constructor(packageName: string, contact: number, name: number) {
    this.packageName = packageName
    this.contact = contact
    this.name = name
  }

  get isPresence(): boolean {
    return this.packageName === 'presence'
  }

  get isList(): boolean {
    return this.isPresence && this.contact < 0
  }

  /** A dialog of its own, for the same. */
  renew(name: number, askAtUs: number): void {
    this.name = name
    this.remoteTag = null
    this.target = null
    this.route = null
    this.remoteCseq = 0
    this.askAtUs = askAtUs
  }
}

const accepted: Readonly<Record<string, string>> = {
  presence: 'application/pidf+xml',
  'presence.winfo': 'application/watcherinfo+xml',
  'message-summary': 'application/simple-message-summary',
  reg: 'application/reginfo+xml',
  'xcap-diff': 'application/xcap-diff+xml',
}

/** `isOwnList`: the request brings its list (RFC 5367 §4). */
export function subscriptionHeaders({ packageName, isList }: Subscription, isOwnList: boolean): HeaderLines {
  const accept = accepted[packageName]
  const types = isList ? 'application/pidf+xml, application/rlmi+xml, multipart/related' : accept
  return [
    ['Event', packageName],
    ...(types === undefined ? [] : [['Accept', types] as const]),
    ...(isList ? [['Supported', 'eventlist'] as const] : []),
    ...(isOwnList
      ? ([
          ['Require', 'recipient-list-subscribe'],
          ['Content-Disposition', 'recipient-list'],
        ] as const)
      : []),
  ]
}
