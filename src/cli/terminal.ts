/**
 * The command line's outside for real: standard streams, environment, current folder, and a secret typed without echo.
 */
import type { CommandIo } from './command.ts'

/** Whoever pipes more has piped the wrong thing. */
const stdinBytesMax = 64 * 1024 * 1024

export function processIo(): CommandIo {
  return {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    readStdin,
    askSecret,
    env: process.env,
    cwd: process.cwd(),
    get columns() {
      return process.stdout.columns
    },
    isInteractive: process.stdin.isTTY === true,
  }
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > stdinBytesMax) throw new Error(`standard input has more than ${stdinBytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** What was typed behind the end of a line, before the next question was asked. */
let typedAhead = ''

function askSecret(prompt: string): Promise<string | null> {
  process.stderr.write(prompt)
  process.stdin.setRawMode(true)
  process.stdin.setEncoding('utf8')
  return new Promise((resolve) => {
    const line = new TypedLine()
    const finish = (text: string | null) => {
      process.stdin.off('data', onData)
      process.stdin.off('end', onEnd)
      process.stdin.setRawMode(false)
      process.stdin.pause()
      process.stderr.write('\n')
      resolve(text)
    }
    const onData = (text: string) => {
      const outcome = line.type(text)
      if (outcome === 'more') return
      typedAhead = line.rest
      finish(outcome === 'cancelled' ? null : line.text)
    }
    const onEnd = () => finish(null)
    process.stdin.on('data', onData)
    process.stdin.on('end', onEnd)
    process.stdin.resume()
    onData(typedAhead)
  })
}

/** What a terminal in raw mode sends, as far as a password needs it: rubbing out, and giving up. */
export class TypedLine {
  #characters: string[] = []
  /** What came in the same piece behind the end of the line. */
  rest = ''

  get text(): string {
    return this.#characters.join('')
  }

  type(text: string): 'more' | 'done' | 'cancelled' {
    const typed = [...text]
    for (const [index, character] of typed.entries()) {
      if (character === '\u0003' || character === '\u0004') return 'cancelled'
      if (character === '\r' || character === '\n') {
        this.rest = typed.slice(index + 1).join('')
        return 'done'
      }
      this.#take(character)
    }
    return 'more'
  }

  #take(character: string): void {
    if (character === '\u007f' || character === '\b') this.#characters.pop()
    else if (character === '\u0015') this.#characters = []
    else if (character >= ' ') this.#characters.push(character)
  }
}
