/**
 * Overload feedback between servers as parameters of Via (RFC 7339 §4): who asks for it says so in its request, and is
 * told in the response which share of its requests it is to keep to itself, for how long, and in which order such
 * words were said. The only algorithm is loss (§5.10).
 */
import type { Via } from '../../sip/message/via.ts'

export interface OverloadFeedback {
  /** Of what the client would send, 0 to 100; 0: everything is welcome. */
  readonly lossPercent: number
  /** Milliseconds after which this no longer counts; 0 ends what was said before. */
  readonly validityMs: number
  /** Larger ones are newer. */
  readonly sequence: number
}

/** What a client adds to its Via. */
export const feedbackWanted = ';oc;oc-algo="loss"'
const wanted = /;oc(?=;|$)|;oc-algo="[^"]*"(?=;|$)/g
const usualValidityMs = 500

/** The Via value of a response; null where the request does not ask for it. */
export function viaWithFeedback(via: string, { lossPercent, validityMs, sequence }: OverloadFeedback): string | null {
  if (!via.includes(feedbackWanted)) return null
  const told = `;oc=${lossPercent};oc-algo="loss";oc-validity=${validityMs};oc-seq=${sequence.toFixed(3)}`
  return via.replace(wanted, '') + told
}

/** Null where nothing is told, or nothing that makes sense: then what was said before stands until it expires. */
export function readFeedback(via: Via | null): OverloadFeedback | null {
  const params = via?.params
  const loss = params?.get('oc')
  if (!params || loss == null || !/^\d{1,3}$/.test(loss) || Number(loss) > 100) return null
  if (!/^"?loss"?$/i.test(params.get('oc-algo') ?? '')) return null
  const validity = params.get('oc-validity') ?? String(usualValidityMs)
  const sequence = params.get('oc-seq') ?? ''
  if (!/^\d{1,9}$/.test(validity) || !/^\d{1,15}(\.\d{1,6})?$/.test(sequence)) return null
  return { lossPercent: Number(loss), validityMs: Number(validity), sequence: Number(sequence) }
}
