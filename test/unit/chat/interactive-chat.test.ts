/**
 * A conversation at a terminal: how it ends, and what stands above the prompt.
 */
import { describe, expect, it } from 'vitest'
import { chatInteractively, History, noColours } from '../../../src/chat/index.ts'
import { AgentWorld, alice, bob } from './agent-world.ts'
import { fakeTerminal } from './fake-terminal.ts'

function openChat(columns = 80) {
  const world = new AgentWorld()
  const { input, output, type, written } = fakeTerminal(columns)
  const history = new History(null)
  const makeAgent = (listener: AgentWorld['owner']) => {
    world.owner = listener
    return world.agent
  }
  const ended = chatInteractively({ own: alice, peer: bob, history, makeAgent }, { input, output, style: noColours })
  return { world, ended, history, type, written }
}

/** With what is asked for then: the presence of bob, and that of the contacts. */
function signIn(world: AgentWorld): void {
  world.connect()
  world.answerRegister()
  expect([world.take('SUBSCRIBE').requestUri, world.take('SUBSCRIBE').requestUri]).toEqual([
    bob,
    'sip:alice+contacts@example.test',
  ])
}

/** What stands on the lines, without the controls between them. */
/** Cursor movements are taken out. */
const movement = new RegExp(`${String.fromCharCode(27)}\\[\\d*[A-Z]`, 'g')
const linesOf = (text: string) => text.replace(movement, '').split(/\r?\n/)

describe('the state of the connection', () => {
  it('no longer stands there when the history is printed', () => {
    const { world, history, written } = openChat()
    history.add({ timeMs: 0, direction: 'in', peer: bob, text: 'of old', id: '1' })
    world.connect()
    expect(written()).toContain('signing in…')
    world.answerRegister()
    expect(written()).toMatch(/^(?!.*signing in).*of old/s)
  })

  it.each([40, 80])('after a loss is told whole on lines that fit, with what to do (%i columns)', (columns) => {
    const { world, written } = openChat(columns)
    world.connect()
    world.answerRegister()
    world.breakFlow()
    world.agent.reconnect()
    written()
    const words = 'nothing listens on 127.0.0.1 port 5061; start the server with `npm start` (or `meridian serve`)'
    world.refuseConnection({ words, isLasting: false })
    const lines = linesOf(written())
    expect(lines.filter((line) => line.length >= columns)).toEqual([])
    const said = lines.join(' ')
    expect(said).toMatch(/not connected, trying again in \d+ s \(enter: now\) /)
    expect(said).toContain(words)
  })
})

describe('presence', () => {
  it('of whom one turns to is asked for', async () => {
    const { world, type } = openChat()
    signIn(world)
    await type('/to carol\r')
    expect(world.take('SUBSCRIBE').requestUri).toBe('sip:carol@example.test')
  })

  it('of one’s own is told once the server has it, and asked for with /status', async () => {
    const { world, written, type } = openChat()
    signIn(world)
    await type('/status\r')
    expect(written()).toContain('others see that you are signed in\n')
    await type('/status dancing\r')
    expect(written()).toContain('dancing is no state')
    await type('/status away lunch\r')
    expect(written()).not.toContain('others see')
    world.answer(world.take('PUBLISH'), 200, [['SIP-ETag', 'e1']])
    expect(written()).toContain('others see that you are away: lunch\n')
    await type('/status\r')
    expect(written()).toContain('others see that you are away: lunch\n')
  })

  it('that the server does not take is told', async () => {
    const { world, written, type } = openChat()
    signIn(world)
    await type('/status away\r')
    world.answer(world.take('PUBLISH'), 405)
    expect(written()).toContain('the server does not show it to others: 405 Method Not Allowed\n')
  })
})

describe('the end of a conversation', () => {
  it.each([
    ['nobody listens', { words: 'nothing listens', isLasting: false }],
    ['the certificate is wrong', { words: 'the certificate is wrong', isLasting: true }],
  ])('before it began is told with its reason: %s', async (_, failure) => {
    const { world, ended } = openChat()
    world.refuseConnection(failure)
    expect(await ended).toEqual({ kind: 'unreachable', failure })
    expect(world.events.at(-1)?.kind).toBe('stopped')
  })

  it('by a refusal of the server is told as one', async () => {
    const { world, ended } = openChat()
    world.connect()
    world.answer(world.take('REGISTER'), 403)
    expect(await ended).toMatchObject({ kind: 'refused', status: 403 })
  })

  it('by the user is a quit', async () => {
    const { world, ended, type } = openChat()
    signIn(world)
    await type('/quit\r')
    world.answer(world.take('REGISTER'), 200)
    expect(await ended).toEqual({ kind: 'quit', sentCount: 0, failedCount: 0 })
  })
})
