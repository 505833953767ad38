/**
 * Step 4: in whose name does the request speak? The AOR in From, for REGISTER in To; its shard will decide whether it
 * may.
 */
import { aorDomain, parseAor } from '../../sip/uri/aor.ts'
import type { Arrival, Verdict } from '../arrival.ts'
import { badFrom, badTo } from '../rejections.ts'

export function sender(arrival: Arrival): Verdict {
  const { request, ports } = arrival
  const isRegister = request.method === 'REGISTER'
  const name = isRegister ? request.to : request.from
  const aor = name && parseAor(name.uri)
  if (!aor || !ports.settings.domains.includes(aorDomain(aor))) return isRegister ? badTo : badFrom
  arrival.sender = aor
  return 'continue'
}
