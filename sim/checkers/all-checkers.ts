/**
 * All checkers, and nothing else.
 */
import { bindings } from './bindings.ts'
import type { Checker } from './checker.ts'
import { disabled } from './disabled.ts'
import { doubled } from './doubled.ts'
import { lost } from './lost.ts'
import { misdelivered } from './misdelivered.ts'
import { order } from './order.ts'
import { resurrected } from './resurrected.ts'
import { settled } from './settled.ts'
import { sound } from './sound.ts'

export const allCheckers: readonly Checker[] = [
  lost,
  misdelivered,
  order,
  doubled,
  resurrected,
  bindings,
  disabled,
  settled,
  sound,
]
