/**
 * Why a server does not start, in words for its administrator.
 */
export class StartFailure extends Error {
  /** `configuration`: exit 78, the administrator must change something. */
  readonly kind: 'failed' | 'configuration'

  constructor(message: string, kind: 'failed' | 'configuration' = 'failed') {
    super(message)
    this.kind = kind
  }
}
