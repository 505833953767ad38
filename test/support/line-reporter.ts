/**
 * Ends a test run with one plain line, `N passed, N failed` (and `, N skipped` if any), that people and CI can read.
 * Everything else is left to the default reporter. A file that cannot be imported counts as one failure, as does an
 * error outside any test: without that a broken import would pass as "0 failed".
 */
import type { Reporter, TestModule } from 'vitest/node'

export interface Counts {
  passed: number
  failed: number
  skipped: number
}

export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`
}

export function countResults(modules: readonly TestModule[], errorsOutside: number): Counts {
  const counts: Counts = { passed: 0, failed: errorsOutside, skipped: 0 }
  for (const module of modules) {
    let failedHere = 0
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed') counts.passed++
      else if (state === 'skipped') counts.skipped++
      // A test still pending at the end never ran to its end: a crash of its process, not a success.
      else failedHere++
    }
    // The file as a whole may fail with no failed test in it: an import error, or a hook that threw.
    if (failedHere === 0 && module.state() === 'failed') failedHere = 1
    counts.failed += failedHere
  }
  return counts
}

export default class LineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const line = closingLine(countResults(modules, errors.length))
    // Written at exit, so that it is the last line whatever the other reporters still have to say.
    process.on('exit', () => process.stdout.write(`${line}\n`))
  }
}
