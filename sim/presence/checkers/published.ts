/**
 * P1: a publication that was answered 200 is there until its time is over, whatever died meanwhile: a request that
 * names its entity tag is not refused. That watchers see it is for the checker `newest`.
 */
import type { Checker } from '../../checkers/checker.ts'
import { lostPublications } from '../publications.ts'

export const published: Checker = {
  name: 'published',
  check: (history) =>
    lostPublications(history).map(({ device, act, answeredMs }) => {
      const text = `${device} wanted to ${act} its publication, which the server did not have any more`
      return { checker: 'published', atMs: answeredMs, text }
    }),
}
