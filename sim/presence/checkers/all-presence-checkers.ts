/**
 * All checkers of the scenario of presence, and nothing else.
 */
import type { Checker } from '../../checkers/checker.ts'
import { sound } from '../../checkers/sound.ts'
import { newest } from './newest.ts'
import { presenceSettled } from './presence-settled.ts'

export const presenceCheckers: readonly Checker[] = [newest, presenceSettled, sound]
