/**
 * What a test tells a thread to do: by a file `<what>.<thread>` in the current folder, which is removed first, so that
 * a successor does not do it again.
 */
import { existsSync, rmSync } from 'node:fs'

const lookEveryMs = 50

export function isTold(what: string, thread: string): boolean {
  const file = `${what}.${thread}`
  if (!existsSync(file)) return false
  rmSync(file)
  return true
}

/** From now on `hang`, `throw` and `fill` (its heap, to the last byte) are obeyed; `beforeHang` is done first. */
export function obeyFaults(thread: string, beforeHang: () => void = () => {}): void {
  setInterval(() => {
    if (isTold('throw', thread)) throw new Error('planted')
    if (isTold('fill', thread)) fillHeap()
    if (!isTold('hang', thread)) return
    beforeHang()
    for (;;);
  }, lookEveryMs)
}

function fillHeap(): never {
  const kept: number[][] = []
  for (;;) kept.push(new Array<number>(10_000).fill(kept.length + 0.5))
}
