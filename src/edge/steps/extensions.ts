/**
 * Step 3: Proxy-Require (RFC 3261 §16.3 item 5). This proxy needs to understand no extension to pass any of them on.
 */
import { HeaderId } from '../../sip/message/header-id.ts'
import type { Arrival, Verdict } from '../arrival.ts'
import { badExtension } from '../rejections.ts'

export function extensions({ request }: Arrival): Verdict {
  const required = request.values(HeaderId.proxyRequire)
  return required.length === 0 ? 'continue' : badExtension(required.join(', '))
}
