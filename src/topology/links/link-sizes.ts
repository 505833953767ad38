/**
 * What a connection must be ready to carry for a link, for whoever makes it.
 */
import { linkFrameLimits } from './batch-message.ts'
import { bufferedBytesMax } from './limits.ts'

export const linkSizes = { messages: linkFrameLimits, bufferedBytesMax } as const
