/**
 * Enrolment over the parts of a running server.
 */
import type { Config } from '../config/index.ts'
import { Enrolment, LocalPasswords, type PasswordProver } from '../directory/index.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { KeyedSeals, RealEntropy } from '../runtime/index.ts'
import type { AuditLog } from '../store/index.ts'
import type { AccountAsks } from './account-asks.ts'
import { EnrolmentSite } from './enrolment-site.ts'

export interface EnrolmentFacts {
  readonly config: Config
  readonly realm: string
  readonly clock: Clock
  readonly sealKey: Uint8Array
  /** Null where accounts are our own. */
  readonly passwords: PasswordProver | null
  readonly domains: () => readonly string[]
  readonly asks: AccountAsks
  readonly audit: AuditLog
  readonly log: Log
}

export function openEnrolment(facts: EnrolmentFacts): EnrolmentSite {
  const { realm, clock, sealKey, passwords, domains, asks, audit, log } = facts
  const act: AccountAsks['act'] = (aor, request) => asks.act(aor, request)
  const enrolment = new Enrolment(
    {
      clock,
      log,
      entropy: new RealEntropy(),
      seals: new KeyedSeals(sealKey),
      act,
      passwords: passwords ?? new LocalPasswords(act, realm),
      audit: ({ event, aor, detail }) =>
        audit.append({
          atMs: Date.now(),
          event,
          subject: aor,
          revokes: event === 'device.revoked',
          by: 'enrolment',
          detail,
        }),
    },
    {
      realm,
      get domains() {
        return domains()
      },
    },
  )
  return new EnrolmentSite(enrolment)
}
