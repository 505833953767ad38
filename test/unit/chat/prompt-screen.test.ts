/**
 * The bottom of the terminal: what is typed survives what is printed, and a closed prompt is deaf and dumb.
 */
import { describe, expect, it } from 'vitest'
import { PromptScreen } from '../../../src/chat/terminal/prompt-screen.ts'
import { fakeTerminal } from './fake-terminal.ts'

function openScreen() {
  const { input, output, type, written } = fakeTerminal(40)
  const heard: string[] = []
  const screen = new PromptScreen(input, output, {
    onLine: (line) => void heard.push(`line ${line}`),
    onTyped: (line) => void heard.push(`typed ${line}`),
    onEnd: () => void heard.push('end'),
    complete: (line) => [[], line],
  })
  return { screen, input, type, written, heard }
}

describe('the prompt', () => {
  it('stands again, with what was typed, below what is printed', async () => {
    const { screen, type, written } = openScreen()
    screen.setPrompt(['bob is typing…'], 'bob> ')
    await type('half')
    written()
    screen.print('12:00 bob: hi')
    expect(written()).toMatch(/12:00 bob: hi\n[^h]*bob is typing…\r?\nbob> half/)
  })

  it('gives the entered line, and every change before it', async () => {
    const { type, heard } = openScreen()
    await type('a')
    await type('\u007f')
    await type('b\r')
    expect(heard).toEqual(['typed a', 'typed ', 'typed b', 'line b', 'typed '])
  })

  it.each([
    ['control-C', '\u0003'],
    ['control-D', '\u0004'],
  ])('ends with %s, and what is said after that can still be read', async (_, key) => {
    const { screen, type, written, heard } = openScreen()
    await type(key)
    expect(heard.filter((each) => each === 'end')).toEqual(['end'])
    screen.setPrompt(['signing out…'], 'bob> ')
    screen.print('12:00 bob: wait')
    expect(written()).toContain('12:00 bob: wait\n')
    screen.close()
  })

  it('once closed hears no key and echoes none: the next thing asked for may be a password', async () => {
    const { screen, input, type, written, heard } = openScreen()
    screen.close()
    written()
    // As whoever asks for the password does.
    input.on('data', () => {})
    input.resume()
    await type('secret')
    expect(written()).toBe('')
    expect(heard).toEqual([])
  })
})
