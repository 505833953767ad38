/**
 * What whoever asked is told when another server cannot be asked, or does not answer: in the form that they wait for.
 */
import type { AnswerMessage, BusMessage, HeaderLines, OutcomeMessage, ReplyAddress } from '../../ports/bus.ts'
import type { MoveReplyMessage } from '../../ports/move-bus.ts'

/** Seconds after which a client may try again: its home is restarted, or a link comes up anew. */
const retryAfter: HeaderLines = [['Retry-After', '5']]
/** 430 Flow Failed (RFC 5626 §11.5): nothing was sent, another flow of the device may do. */
const flowFailed = 430

export function unavailable(to: ReplyAddress): AnswerMessage {
  return answer(to, 503, 'Home Server Unavailable', retryAfter)
}

/** That server is overloaded, and has asked for fewer requests (RFC 7339 §5.10.2). */
export function busy(to: ReplyAddress, retryAfterSeconds: number): AnswerMessage {
  return answer(to, 503, 'Server Is Busy', [['Retry-After', String(retryAfterSeconds)]])
}

/** RFC 3261 §21.3.3: only for now, so a client asks us again the next time. */
export function movedTo(to: ReplyAddress, uri: string): AnswerMessage {
  return answer(to, 302, 'Moved Temporarily', [['Contact', `<${uri}>`]])
}

export function forbidden(to: ReplyAddress): AnswerMessage {
  return answer(to, 403, 'Forbidden', [])
}

/** Replies that tell so; none where nobody waits. `wasSent`: nobody knows what became of it. */
export function failures(
  message: BusMessage,
  wasSent: boolean,
): readonly (AnswerMessage | OutcomeMessage | MoveReplyMessage)[] {
  const status = wasSent ? 0 : flowFailed
  switch (message.kind) {
    case 'request':
    case 'deliver':
    case 'locate':
      return [unavailable(message.from)]
    case 'forward':
      if (message.request.method === 'ACK') return []
      return [{ kind: 'outcome', to: message.from, status, response: null, deviceKey: message.target.deviceKey }]
    case 'move-ask': {
      const why = wasSent ? 'was lost: ask again where the user is now' : 'cannot be asked, or nobody knows which it is'
      const error = { ok: false, error: 'unavailable', message: `the home of ${message.aor} ${why}` } as const
      return [{ kind: 'move-reply', to: message.from, reply: error }]
    }
    case 'send':
      return message.requests.map(({ number }) => {
        return { kind: 'outcome', to: { ...message.from, number }, status, response: null, deviceKey: '' } as const
      })
    default:
      return []
  }
}

function answer(to: ReplyAddress, status: number, reason: string, headers: HeaderLines): AnswerMessage {
  const nothing = { body: null, response: null, identity: null, bound: null, toTag: null }
  return { kind: 'answer', to, status, reason, headers, ...nothing }
}
