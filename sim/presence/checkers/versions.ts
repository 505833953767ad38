/**
 * Versions of RLMI (RFC 4662 §5.1): the first document tells all of the list, each next one is one version higher, and
 * where a NOTIFY was lost with whoever should have sent it, the next tells all again. A device never gets changes to
 * what it does not have.
 */
import type { Checker, Violation } from '../../checkers/checker.ts'
import type { NotifyLog } from '../history.ts'
import type { ToldList } from '../lists/told-list.ts'

type ListNotify = NotifyLog & { readonly list: ToldList }

export const versions: Checker = {
  name: 'versions',
  check({ presence }) {
    const left = presence.notifies.filter((each): each is ListNotify => each.list !== null)
    const taken = left.filter(({ arrivedMs }) => arrivedMs !== null)
    return [...walk(left, wrongAsLeft), ...walk(taken, wrongAsTaken)]
  },
}

function walk(
  notifies: readonly ListNotify[],
  judge: (before: ListNotify | null, notify: ListNotify) => string | null,
): readonly Violation[] {
  const last = new Map<string, ListNotify>()
  return notifies.flatMap((notify) => {
    const dialog = `${notify.callId} ${notify.serverTag}`
    const wrong = judge(last.get(dialog) ?? null, notify)
    last.set(dialog, notify)
    const text = `${notify.callId}: CSeq ${notify.cseq} ${wrong}`
    return wrong === null ? [] : [{ checker: 'versions', atMs: notify.sentMs, text }]
  })
}

function wrongAsLeft(before: ListNotify | null, { list, cseq }: ListNotify): string | null {
  if (list.fault !== null) return `cannot be read: ${list.fault}`
  if (before === null) return list.version === 0 || cseq > 1 ? null : `begins with version ${list.version}`
  const { version } = before.list
  if (list.version <= version) return `has version ${list.version} after ${version}`
  const isNext = cseq === before.cseq + 1
  return isNext && list.version !== version + 1 ? `has version ${list.version} right after ${version}` : null
}

function wrongAsTaken(before: ListNotify | null, { list }: ListNotify): string | null {
  if (list.isFull || (before && list.version === before.list.version + 1)) return null
  return `tells changes to version ${list.version - 1}, and its device has ${before?.list.version ?? 'none'}`
}
