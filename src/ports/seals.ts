/**
 * Sealed tokens: text that only this server can make and read (route tokens, temporary GRUUs). Same input, same token.
 */
export interface Seals {
  /**
   * `purpose` separates the uses: a token made for one is not accepted for another. URL- and SIP-user-safe characters.
   */
  seal(purpose: string, text: string): string
  /** Null for anything that this server did not seal for this purpose. */
  open(purpose: string, token: string): string | null
  /** Truncated HMAC-SHA-256 of text under the server's key, base64url: nonces. */
  mac(purpose: string, text: string): string
}
