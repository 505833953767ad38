/**
 * Section `log`: how much is logged and in which form.
 */
import type * as v from 'valibot'
import { choiceKey, group } from '../key.ts'

export const logSection = group('What is logged, and in which form.', {
  level: choiceKey({
    choices: ['debug', 'info', 'warn', 'error'],
    default: 'info',
    reload: 'live',
    why: 'debug tells every step of a request while you look for a fault; warn keeps only what needs attention.',
  }),
  format: choiceKey({
    choices: ['auto', 'json', 'pretty'],
    default: 'auto',
    reload: 'restart',
    why: 'json for collectors, pretty for people; auto is pretty on a terminal and json elsewhere.',
  }),
})

export type LogConfig = v.InferOutput<typeof logSection>
