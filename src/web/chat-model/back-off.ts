/**
 * How long to wait before the next attempt to connect: doubling, with chance in it, so that a server that comes back is
 * not met by everybody at once.
 */
const firstMs = 1_000
const lastMs = 30_000

/** `failures`: 1 after the first; `chance`: 0 to 1. */
export function backOffMs(failures: number, chance: number): number {
  const most = Math.min(lastMs, firstMs * 2 ** Math.min(failures - 1, 10))
  return Math.round(most / 2 + (most / 2) * chance)
}
