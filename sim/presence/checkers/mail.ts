/**
 * P1, P3 beside presence: a message that was accepted is taken by a device in the end, and none takes it twice.
 */
import type { Checker } from '../../checkers/checker.ts'
import { doubled } from '../../checkers/doubled.ts'
import { lost } from '../../checkers/lost.ts'

export const mail: Checker = {
  name: 'mail',
  check: (history) => {
    const overdue = history.presence.overdue.filter(({ checker }) => checker === 'mail')
    const found = [...overdue, ...lost.check(history), ...doubled.check(history)]
    return found.map(({ text, atMs }) => ({ checker: 'mail', atMs, text }))
  },
}
