/**
 * The reference pages say what the code says. `UPDATE_DOCS=1 npx vitest run test/tidy` writes them anew.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cliPage, commands } from '../../src/cli/index.ts'
import { configurationPage } from '../../src/config/index.ts'

const pages = [
  { path: 'docs/reference/cli.md', made: () => cliPage(commands) },
  { path: 'docs/reference/configuration.md', made: configurationPage },
]

describe('generated pages are fresh', () => {
  it.each(pages)('$path', ({ path, made }) => {
    const page = made()
    if (process.env.UPDATE_DOCS) writeFileSync(path, page)
    expect(readFileSync(path, 'utf8') === page, `${path} is stale: UPDATE_DOCS=1 npx vitest run test/tidy`).toBe(true)
  })
})
