/**
 * Texts that outlive their message. V8 makes a slice of a long string a view that keeps the whole of it: a binding
 * would hold the head of its REGISTER, a kilobyte for each device, and so would the nonce that it was proved with.
 */

/** The text of before where nothing changed, else a copy that holds nothing but itself. */
export function ownText(text: string, before?: string | null): string {
  return text === before ? before : Buffer.from(text).toString()
}
