/** Which kind of work a request from the server belongs to. */
import type { OperationId } from '../measure/run-record.ts'
import type { SipMessage } from './sip.ts'

export function operationOf(request: SipMessage): OperationId {
  switch (request.method) {
    case 'NOTIFY':
      return 'notify'
    case 'MESSAGE':
      return request.named('Content-Type')?.startsWith('text/') ? 'message' : 'typing'
    case 'INFO':
      return 'typing'
    default:
      return 'session'
  }
}
