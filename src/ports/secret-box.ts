/**
 * Encrypts password equivalents at rest, with a key kept apart from the store.
 */
export interface SecretBox {
  seal(plain: Uint8Array): Uint8Array
  /** Null when the blob was not sealed with this key or was damaged. */
  open(sealed: Uint8Array): Buffer | null
}
