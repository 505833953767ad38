/**
 * Waits for a client's socket to be connected, with a deadline; what becomes of it afterwards is its owner's.
 */
import type { Socket } from 'node:net'
import { connectDeadlineMs } from './client-options.ts'

export interface Connecting<Opened> {
  /** For words: where it goes. */
  readonly place: string
  readonly event: 'connect' | 'secureConnect'
  readonly deadlineMs?: number
  /** Why it will not do although it is connected; null: it will. */
  refuse?(): string | null
  /** Called within the event: a moment later the socket may fail, and nobody would hear of it. */
  open(): Opened
}

/** Rejects with the reason where there is no connection in time; the socket is then destroyed. */
export function whenConnected<Opened>(socket: Socket, connecting: Connecting<Opened>): Promise<Opened> {
  const { place, event, deadlineMs = connectDeadlineMs } = connecting
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      clearTimeout(timer)
      socket.destroy()
      reject(error)
    }
    const timer = setTimeout(() => fail(new Error(`no connection to ${place} in ${deadlineMs} ms`)), deadlineMs)
    const onClose = () => fail(new Error(`${place} closed the connection`))
    socket.once('error', fail)
    socket.once('close', onClose)
    socket.once(event, () => {
      const refusal = connecting.refuse?.() ?? null
      if (refusal !== null) return fail(new Error(refusal))
      clearTimeout(timer)
      socket.off('error', fail).off('close', onClose)
      resolve(connecting.open())
    })
  })
}
