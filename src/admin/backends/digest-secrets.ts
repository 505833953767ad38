/**
 * A password as what the store keeps of it (RFC 7616 §3.4.2).
 */
import type { DigestSecrets } from '../../ports/directory.ts'
import { computeHa1 } from '../../sip/digest/compute.ts'
import { type Aor, aorUser } from '../../sip/uri/aor.ts'

export function digestSecrets(aor: Aor, realm: string, password: string): DigestSecrets {
  const user = aorUser(aor)
  return { md5: computeHa1('MD5', user, realm, password), sha256: computeHa1('SHA-256', user, realm, password) }
}
