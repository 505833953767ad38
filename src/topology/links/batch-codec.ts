/**
 * Bus messages as the body of a batch, and back:
 *
 *     kind, one byte │ worker │ size of its fields │ fields │ kind │ …
 *
 * Sizes and numbers are written as in `byte-writer.ts`. All of a batch is read before anything of it is handed on, so
 * that one wrong message does not leave half a batch behind.
 */
import type { BusMessage } from '../../ports/bus.ts'
import { BadBatch, ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { messageBytesMax } from './limits.ts'
import { type MessageRow, messageRows } from './message-shapes.ts'

const rowsByNumber: (MessageRow<BusMessage> | undefined)[] = []
for (const row of Object.values(messageRows)) rowsByNumber[row.number] = row as MessageRow<BusMessage>

/** Both are empty between calls: a thread encodes one message at a time. */
const fields = new ByteWriter()
const frame = new ByteWriter()

/** One message for a worker of the other server; null where it is longer than a message on a link may be. */
export function encodeMessage(worker: number, message: BusMessage): Buffer | null {
  const { number, shape } = messageRows[message.kind] as MessageRow<BusMessage>
  fields.reset()
  frame.reset()
  shape.write(fields, message)
  if (fields.length > messageBytesMax) {
    fields.reset()
    return null
  }
  frame.byte(number)
  frame.number(worker)
  frame.bytes(fields.written)
  return frame.take()
}

export interface AddressedMessage {
  /** Which worker of this server it is for; any whole number. */
  readonly worker: number
  readonly message: BusMessage
}

export interface DecodedBatch {
  readonly messages: readonly AddressedMessage[]
  /** Of kinds that this build does not know, from a peer with a newer one. */
  readonly unknownCount: number
}

/**
 * Throws `BadBatch` and nothing else. `isNewer`: the peer speaks a later minor, so what this build does not know yet
 * (kinds, fields at the end) is no fault.
 */
export function decodeBatch(body: Buffer, isNewer = false): DecodedBatch {
  const reader = new ByteReader(body)
  const messages: AddressedMessage[] = []
  let unknownCount = 0
  while (!reader.isAtEnd) {
    const kind = reader.byte()
    const worker = reader.count(Number.MAX_SAFE_INTEGER)
    const outer = reader.enter(reader.count(messageBytesMax))
    const row = rowsByNumber[kind]
    if (row) messages.push({ worker, message: row.shape.read(reader) })
    else if (isNewer) unknownCount++
    else throw new BadBatch(`there is no kind ${kind}`)
    if (!reader.isAtEnd && !isNewer) throw new BadBatch(`${reader.remaining} bytes too many in kind ${kind}`)
    reader.leave(outer)
  }
  return { messages, unknownCount }
}
