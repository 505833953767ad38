/** The clock of a live run: monotonic, the same in all threads of the machine, microseconds. */
export function nowUs(): number {
  return Number(process.hrtime.bigint() / 1000n)
}
