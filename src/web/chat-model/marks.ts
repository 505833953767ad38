/**
 * How far a message has come, as its sender sees it. A mark only goes forward: a late answer takes nothing back.
 */
export type Mark = 'sending' | 'failed' | 'stored' | 'delivered' | 'read'

const order: readonly Mark[] = ['sending', 'failed', 'stored', 'delivered', 'read']

export function advanced(from: Mark, to: Mark): Mark {
  if (to === 'sending') return from === 'failed' ? 'sending' : from
  if (to === 'failed') return from === 'sending' ? 'failed' : from
  return order.indexOf(to) > order.indexOf(from) ? to : from
}

/** RFC 3428 §7 and the server's promise: 200 is with a device, 202 is kept until there is one. */
export function markOfStatus(status: number): Mark {
  if (status >= 300) return 'failed'
  return status === 202 ? 'stored' : 'delivered'
}

export const markWords: Readonly<Record<Mark, string>> = {
  sending: 'Sending',
  failed: 'Not sent',
  stored: 'Stored until they sign in',
  delivered: 'Delivered',
  read: 'Read',
}

/** Why a message was not taken, for a person. */
export function refusalWords(status: number, reason: string): string {
  switch (status) {
    case 0:
      return 'there was no connection'
    case 401:
    case 407:
      return 'you are not signed in any more'
    case 403:
      return 'they do not take messages from you'
    case 404:
      return 'there is nobody of this name'
    case 408:
      return 'the server did not answer in time'
    case 413:
      return 'it is too long'
    case 415:
      return 'their program cannot read it'
    case 480:
      return 'they cannot be reached, and it was not kept'
    case 429:
    case 503:
      return 'the server is busy; try again in a moment'
    default:
      return `the server said ${status} ${reason}`.trim()
  }
}

/** Why a sign-in failed; null when trying again later may help. */
export function signInRefusal(status: number): string | null {
  if (status === 401 || status === 407) return 'The name or the password is wrong.'
  if (status === 403) return 'This account may not sign in: it is disabled, or there were too many attempts.'
  if (status === 404) return 'There is no account of this name.'
  return null
}
