/**
 * Names that people type and addresses that SIP uses.
 */

/** `sip:alice@example.test`, in lower case: the key of a person everywhere in the client. */
export type Address = string

/** Of `alice`, `alice@example.test` or a SIP URI with what may follow it; null when it is none of them. */
export function addressOf(typed: string, domain: string): Address | null {
  const bare = /^<?(?:sips?:)?([^<>;?\s]+)(?:[;?>].*)?$/i.exec(typed.trim())?.[1] ?? ''
  const whole = bare.includes('@') ? bare : `${bare}@${domain}`
  const isAddress = /^[\w.!~*'()&=+$,/%-]{1,64}@[\w-]+(\.[\w-]+)*$/.test(whole)
  return isAddress ? `sip:${whole.toLowerCase()}` : null
}

export function userOf(address: Address): string {
  return /^sips?:([^@]*)@/i.exec(address)?.[1] ?? address
}

/** As short as it is unmistakable: people of one's own domain without it. */
export function shortName(address: Address, domain: string): string {
  const name = address.replace(/^sips?:/i, '')
  return name.endsWith(`@${domain}`) ? name.slice(0, -domain.length - 1) : name
}

/** Everybody whom the server keeps on the user's list, as one address to subscribe to. */
export function contactsAddress(own: Address): Address {
  return own.replace('@', '+contacts@')
}
