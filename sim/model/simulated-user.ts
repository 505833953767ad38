/**
 * A user of the simulation: a name, a password that an administrator may change, and what has become of the account.
 */

import type { DigestSecrets } from '../../src/ports/directory.ts'
import { computeHa1 } from '../../src/sip/digest/compute.ts'
import type { Aor } from '../../src/sip/uri/aor.ts'

export class SimulatedUser {
  readonly name: string
  readonly domain: string
  readonly aor: Aor
  password: string

  constructor(name: string, domain: string) {
    this.name = name
    this.domain = domain
    this.aor = `sip:${name}@${domain}` as Aor
    this.password = `secret of ${name}`
  }

  secrets(realm: string, password = this.password): DigestSecrets {
    return {
      md5: computeHa1('MD5', this.name, realm, password),
      sha256: computeHa1('SHA-256', this.name, realm, password),
    }
  }
}
