/** Around runs that take long: a line that changes on a terminal, lines that stay, and an end in order by control-C. */
import type { Progress } from '../../../sim/live/progress.ts'
import { progressLine } from '../../../sim/live/run-text.ts'
import type { CommandIo } from '../command.ts'

export interface Running {
  readonly say: (line: string) => void
  /** Overwritten by the next; at most one a second, on a terminal only. */
  readonly show: (line: string) => void
  readonly signal: AbortSignal
}

/** What is shown of a run that goes on: of a live one its second, of a virtual one how far it is. */
export function runProgress({ show }: Running) {
  return {
    onProgress: (progress: Progress) => show(progressLine(progress, process.stderr.columns)),
    onVirtual: (modelMs: number, endMs: number) =>
      show(`${Math.round(modelMs / 1_000)} of ${Math.round(endMs / 1_000)} s`),
  }
}

const clearLine = '\r\x1b[K'

export async function whileRunning<Result>(
  { stderr }: Pick<CommandIo, 'stderr'>,
  work: (running: Running) => Promise<Result>,
): Promise<Result> {
  const isTerminal = process.stderr.isTTY
  const stop = new AbortController()
  const onInterrupt = () => stop.abort()
  process.once('SIGINT', onInterrupt)
  let shownMs = Number.NEGATIVE_INFINITY
  try {
    return await work({
      say: (line) => stderr(`${isTerminal ? clearLine : ''}${line}\n`),
      show: (line) => {
        if (!isTerminal || performance.now() - shownMs < 900) return
        shownMs = performance.now()
        stderr(`${clearLine}${line}`)
      },
      signal: stop.signal,
    })
  } finally {
    process.off('SIGINT', onInterrupt)
    if (isTerminal) stderr(clearLine)
  }
}
