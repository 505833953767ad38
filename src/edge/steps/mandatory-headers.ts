/**
 * Step 1: what every request must have (RFC 3261 §8.1.1, §16.3 item 1). Without it no answer or forward could be
 * matched.
 */
import type { Arrival, Verdict } from '../arrival.ts'
import { cseqMismatch, missingHeader } from '../rejections.ts'

export function mandatoryHeaders({ request }: Arrival): Verdict {
  const { cseq } = request
  if (!request.from || !request.to || !request.callId || !cseq || !request.topVia) return missingHeader
  return cseq.method === request.method ? 'continue' : cseqMismatch
}
