/**
 * SIP messages inside bus messages: their bytes alone, read again by the parser on the other side. A table of where
 * the headers stand, as it crosses threads, would be as long as half the message, and would have to be believed: a
 * peer whose table says another From than its bytes could have one name checked and another one delivered. Checking a
 * table takes as long as making it (a microsecond).
 */
import type { MessageLimits } from '../../sip/message/limits.ts'
import { parseMessage } from '../../sip/message/parse.ts'
import type { SipMessage } from '../../sip/message/sip-message.ts'
import { BadBatch } from './byte-reader.ts'
import { messageBytesMax } from './limits.ts'
import type { Shape } from './shape.ts'

/**
 * Never below what the other server admits from its clients (`src/sip/message/limits.ts`): what it has taken and now
 * passes on is not refused here.
 */
const linkMessageLimits: MessageLimits = Object.freeze({
  headBytesMax: 128 * 1024,
  registerHeadBytesMax: 128 * 1024,
  headerLinesMax: 256,
  messageBodyBytesMax: messageBytesMax,
  bodyBytesMax: messageBytesMax,
  uriBytesMax: 8 * 1024,
  viaValuesMax: 140,
  routeValuesMax: 64,
})

export const sipRequest: Shape<SipMessage> = sipShape(true)
export const sipResponse: Shape<SipMessage> = sipShape(false)

function sipShape(isRequest: boolean): Shape<SipMessage> {
  return {
    write: (to, { bytes }) => to.bytes(bytes),
    read: (from) => {
      const { message, fault } = parseMessage(from.bytes(messageBytesMax), linkMessageLimits)
      if (message === null || fault !== null) throw new BadBatch(`a SIP message is wrong: ${fault?.event}`)
      if (message.isRequest !== isRequest) throw new BadBatch(`a ${isRequest ? 'request' : 'response'} was expected`)
      return message
    },
  }
}
