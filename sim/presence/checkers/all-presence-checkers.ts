/**
 * All checkers of the scenario of presence, and nothing else.
 */
import type { Checker } from '../../checkers/checker.ts'
import { sound } from '../../checkers/sound.ts'
import { doubledSubscriptions } from './doubled-subscriptions.ts'
import { inFlight } from './in-flight.ts'
import { leaked } from './leaked.ts'
import { listed } from './listed.ts'
import { mail } from './mail.ts'
import { newest } from './newest.ts'
import { presenceSettled } from './presence-settled.ts'
import { published } from './published.ts'
import { sequence } from './sequence.ts'
import { unauthorised } from './unauthorised.ts'
import { unconfirmed } from './unconfirmed.ts'
import { versions } from './versions.ts'

export const presenceCheckers: readonly Checker[] = [
  newest,
  unauthorised,
  leaked,
  doubledSubscriptions,
  sequence,
  inFlight,
  published,
  listed,
  versions,
  unconfirmed,
  mail,
  presenceSettled,
  sound,
]
