/**
 * The closing line counts what must not pass unseen: a file that cannot be imported, and a test that never came to an
 * end.
 */
import { expect, it } from 'vitest'
import type { TestModule } from 'vitest/node'
import { closingLine, countResults } from '../../support/line-reporter.ts'

type State = 'passed' | 'failed' | 'skipped' | 'pending'

/** Only the two methods that the reporter calls; vitest makes real ones in a run only. */
function moduleOf(state: 'passed' | 'failed', tests: State[]): TestModule {
  const children = { allTests: () => tests.map((test) => ({ result: () => ({ state: test }) })) }
  return { state: () => state, children } as unknown as TestModule
}

it.each([
  [
    'passed, failed and skipped tests',
    [moduleOf('failed', ['passed', 'failed', 'skipped'])],
    0,
    '1 passed, 1 failed, 1 skipped',
  ],
  ['no skipped where there is none', [moduleOf('passed', ['passed', 'passed'])], 0, '2 passed, 0 failed'],
  ['an import error as one failure', [moduleOf('failed', []), moduleOf('passed', ['passed'])], 0, '1 passed, 1 failed'],
  ['a failed hook beside good tests', [moduleOf('failed', ['passed'])], 0, '1 passed, 1 failed'],
  ['a test that never ended as failed', [moduleOf('failed', ['pending'])], 0, '0 passed, 1 failed'],
  ['errors outside any test', [moduleOf('passed', ['passed'])], 2, '1 passed, 2 failed'],
] as const)('the closing line counts %s', (_, modules, errors, line) => {
  expect(closingLine(countResults(modules, errors))).toBe(line)
})
