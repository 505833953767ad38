/**
 * Both sides of a terminal, without one: the test types, and reads what is written.
 */
import { PassThrough } from 'node:stream'
import type { ReadStream, WriteStream } from 'node:tty'

export function fakeTerminal(columns: number) {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input })
  const output = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: true, columns, rows: 10 })
  // Node's reader of keys works as the bytes come; nothing is left for later.
  const type = async (keys: string) => {
    input.write(keys)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const written = () => (output.read() as string | null) ?? ''
  return { input: input as unknown as ReadStream, output: output as unknown as WriteStream, type, written }
}
