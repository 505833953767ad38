/**
 * Everything with a socket: listeners for UDP, TCP, TLS, WebSocket and HTTP, and the client side of each. All give
 * flows (`src/ports/flows.ts`) to a sink, whole messages only, and end those that cost too much, each with an event of
 * its own (`events.ts`). Who may say what over a flow is decided in `src/edge/`; who listens where, in `src/runtime/`.
 */
export { connectFlow, sendPing } from './client.ts'
export { type ClientTlsOptions, type ConnectOptions, connectDeadlineMs } from './client-options.ts'
export { TransportEvent } from './events.ts'
export { flushList } from './flush-list.ts'
export type { TransportLimits } from './limits.ts'
export {
  type DialOptions,
  LinkDialer,
  type LinkMaterial,
  type LinkSizes,
  linkOfferOf,
  offersLink,
} from './link-sockets.ts'
export type { FlowCounts, Listener, ListenOptions } from './listener.ts'
export { MemoryBudget, workerBytesMax } from './memory-budget.ts'
export { isAddressAvailable, type ProbedEndpoint, portFault } from './port-probe.ts'
export { checkSipIdentity, sipIdentities } from './sip-identity.ts'
export type { FlowSecurity, PeerCertificate } from './stream-flow.ts'
export { openTcp } from './tcp.ts'
export { type LinkListenOptions, openTls, type TlsListener, type TlsListenOptions } from './tls.ts'
export type { CertificateFiles, TlsCertificates } from './tls-context.ts'
export { openUdp, type UdpOptions, type UdpTransport } from './udp.ts'
export type { WebAdapter, WebListener, WebListenOptions } from './web/adapter.ts'
export { type HttpHandler, type HttpRequest, type HttpResponse, notFound } from './web/http.ts'
export { openWebListener } from './web/web-listener.ts'
