/**
 * The bottom of a terminal: a few lines that change, and below them the line being typed, edited by node:readline.
 * Everything printed goes above and stays. What the lines say is `interactive-chat.ts`.
 *
 * Theory of operation. Readline draws its prompt and the typed line anew as one block, and knows how many rows its
 * cursor stands below the top of that block, wide characters and line breaks counted; so the changing lines are made a
 * part of the prompt. To print, the block is erased from its top, the text written there, and the block drawn again
 * below it.
 */
import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline'
import type { ReadStream, WriteStream } from 'node:tty'

export interface ScreenUser {
  onLine(line: string): void
  /** After each key; `line` is what stands there now. */
  onTyped(line: string): void
  /** Control-C, control-D, or the terminal is gone. */
  onEnd(): void
  complete(line: string): [completions: string[], line: string]
}

/** Parts of readline's interface that its types keep to themselves or for reading only. */
interface EditedLine {
  line: string
  cursor: number
  prevRows: number
}

export class PromptScreen {
  readonly #output: WriteStream
  readonly #interface: Interface
  #isClosed = false

  constructor(input: ReadStream, output: WriteStream, user: ScreenUser) {
    this.#output = output
    this.#interface = createInterface({
      input,
      output,
      terminal: true,
      prompt: '',
      historySize: 200,
      removeHistoryDuplicates: true,
      completer: (line: string) => user.complete(line),
    })
    this.#interface.on('line', (line) => {
      this.#eraseEntered(line)
      user.onLine(line)
      // Whatever came of it, the prompt stands again.
      this.#redraw('')
    })
    this.#interface.on('SIGINT', () => user.onEnd())
    this.#interface.on('close', () => {
      if (this.#isClosed) return
      // By control-D: readline prompts no more, but what is still said can be printed.
      this.#eraseBlock()
      this.#isClosed = true
      user.onEnd()
    })
    const onKey = () => user.onTyped(this.#interface.line)
    input.on('keypress', onKey)
    this.#interface.once('close', () => void input.off('keypress', onKey))
  }

  get columns(): number {
    return this.#output.columns || 80
  }

  /** Above the prompt, for good; may have several lines. */
  print(text: string): void {
    this.#redraw(`${text}\n`)
  }

  /** `footer`: the changing lines, none longer than the terminal is wide. */
  setPrompt(footer: readonly string[], prompt: string): void {
    if (this.#isClosed) return
    this.#eraseBlock()
    this.#interface.setPrompt([...footer, prompt].join('\n'))
    this.#interface.prompt(true)
  }

  /** Leaves what was printed, and the cursor below it. */
  close(): void {
    if (this.#isClosed) return
    this.#eraseBlock()
    this.#isClosed = true
    this.#interface.setPrompt('')
    // Its own listeners must stay until it has closed: they take it off the input, where it would echo a password.
    this.#interface.close()
  }

  get #edited(): EditedLine {
    return this.#interface as unknown as EditedLine
  }

  #redraw(above: string): void {
    if (this.#isClosed) return void (above && this.#output.write(above))
    this.#eraseBlock()
    this.#output.write(above)
    this.#interface.prompt(true)
  }

  #eraseBlock(): void {
    this.#eraseRows(this.#interface.getCursorPos().rows)
    this.#edited.prevRows = 0
  }

  /** Readline has gone to the row below the entered line and emptied its own; the block stands above the cursor. */
  #eraseEntered(line: string): void {
    Object.assign(this.#edited, { line, cursor: line.length })
    const { rows } = this.#interface.getCursorPos()
    Object.assign(this.#edited, { line: '', cursor: 0 })
    this.#eraseRows(rows + 1)
    // The cursor now stands where the top of the block was.
    this.#interface.prompt(true)
  }

  #eraseRows(rows: number): void {
    moveCursor(this.#output, 0, -rows)
    cursorTo(this.#output, 0)
    clearScreenDown(this.#output)
  }
}
