/**
 * Passwords on a terminal: a new one is typed twice, since nobody sees it; one that is in force already is typed once.
 */
import { describe, expect, it } from 'vitest'
import type { CommandIo, Invocation } from '../../../src/cli/command.ts'
import { readKnownPassword, readPassword } from '../../../src/cli/password.ts'
import { silentIo } from '../../support/command-line.ts'

function typing(...answers: readonly (string | null)[]) {
  const prompts: string[] = []
  const askSecret = async (prompt: string) => answers[prompts.push(prompt) - 1] ?? null
  const io: CommandIo = { ...silentIo('/'), isInteractive: true, askSecret }
  const invocation: Invocation = { arguments: [], options: {}, io }
  return { invocation, prompts }
}

describe('on a terminal', () => {
  it('a new password is typed twice, and both must be the same', async () => {
    const same = typing('open sesame', 'open sesame')
    expect(await readPassword(same.invocation)).toMatchObject({ ok: true, password: 'open sesame' })
    expect(same.prompts).toHaveLength(2)
    expect(await readPassword(typing('open sesame', 'open simsim').invocation)).toMatchObject({ ok: false })
  })

  it('one that is in force is typed once', async () => {
    const once = typing('open sesame')
    expect(await readKnownPassword(once.invocation)).toMatchObject({ ok: true, password: 'open sesame' })
    expect(once.prompts).toHaveLength(1)
  })

  it('who gives none is told so', async () => {
    const outcome = { exitCode: 1, error: 'no password was given' }
    expect(await readPassword(typing('open sesame', null).invocation)).toMatchObject({ ok: false, outcome })
    expect(await readKnownPassword(typing(null).invocation)).toMatchObject({ ok: false, outcome })
  })
})
