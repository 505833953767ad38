/**
 * The ACK for a failure to an INVITE, hop by hop (RFC 3261 §17.1.1.3). The ACK for a 2xx is the dialog's.
 */

import { encodeRequest } from '../message/encode.ts'
import { HeaderId } from '../message/header-id.ts'
import type { SipMessage } from '../message/sip-message.ts'

/** Request-URI, top Via, Route, From, Call-ID and CSeq number of the INVITE; To, with its tag, of the response. */
export function encodeFailureAck(invite: SipMessage, response: SipMessage): Buffer {
  const route = invite.all(HeaderId.route).map((value): [string, string] => ['Route', value])
  return encodeRequest({
    method: 'ACK',
    requestUri: invite.requestUri,
    headers: [
      ['Via', invite.values(HeaderId.via)[0] ?? ''],
      ...route,
      ['Max-Forwards', '70'],
      ['From', invite.first(HeaderId.from) ?? ''],
      ['To', response.first(HeaderId.to) ?? invite.first(HeaderId.to) ?? ''],
      ['Call-ID', invite.first(HeaderId.callId) ?? ''],
      ['CSeq', `${invite.cseq?.number ?? 0} ACK`],
    ],
  })
}
