/**
 * All checkers of the scenario of several servers: those of messages and of presence that hold for any number of
 * servers, and those about servers.
 */
import { bindings } from '../../checkers/bindings.ts'
import type { Checker } from '../../checkers/checker.ts'
import { doubled } from '../../checkers/doubled.ts'
import { lost } from '../../checkers/lost.ts'
import { misdelivered } from '../../checkers/misdelivered.ts'
import { order } from '../../checkers/order.ts'
import { sound } from '../../checkers/sound.ts'
import { doubledSubscriptions } from '../../presence/checkers/doubled-subscriptions.ts'
import { inFlight } from '../../presence/checkers/in-flight.ts'
import { leaked } from '../../presence/checkers/leaked.ts'
import { listed } from '../../presence/checkers/listed.ts'
import { newest } from '../../presence/checkers/newest.ts'
import { presenceSettled } from '../../presence/checkers/presence-settled.ts'
import { published } from '../../presence/checkers/published.ts'
import { sequence } from '../../presence/checkers/sequence.ts'
import { unauthorised } from '../../presence/checkers/unauthorised.ts'
import { versions } from '../../presence/checkers/versions.ts'
import { bystanders } from './bystanders.ts'

export const serverCheckers: readonly Checker[] = [
  lost,
  misdelivered,
  order,
  doubled,
  bindings,
  newest,
  unauthorised,
  leaked,
  doubledSubscriptions,
  sequence,
  inFlight,
  published,
  listed,
  versions,
  bystanders,
  presenceSettled,
  sound,
]
