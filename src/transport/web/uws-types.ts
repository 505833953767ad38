/**
 * The part of uWebSockets.js (20.57) that our WebSocket and HTTP listener uses, written by hand from its documentation:
 * the package's own declaration holds an enum and does not say when an object stops being valid. Which binary is loaded
 * is decided in `load-uws.ts`. Lifetimes matter here, since behind each of these objects is memory of C++.
 */

/** Text or bytes; bytes cost less. */
export type UwsBytes = string | ArrayBuffer | Uint8Array

declare const listenSocketBrand: unique symbol
/** A listening socket; good for `us_listen_socket_close` and `us_socket_local_port`, once closed for nothing. */
export interface UwsListenSocket {
  readonly [listenSocketBrand]: true
}

declare const upgradeContextBrand: unique symbol
/** Passed from an upgrade handler to `UwsResponse.upgrade`, and for nothing else. */
export interface UwsUpgradeContext {
  readonly [upgradeContextBrand]: true
}

/** Lives on the stack of C++: valid only until the handler returns or first awaits. */
export interface UwsRequest {
  /** The value, or the empty string; repeated headers give only one value. */
  getHeader(lowerCaseName: string): string
  /** Part of the path that the pattern left open, by position. */
  getParameter(index: number): string | undefined
  /** Path without the query, with its leading slash. */
  getUrl(): string
  /** Lower case. */
  getMethod(): string
  /** Behind the question mark, not decoded; empty if there is none. */
  getQuery(): string
  forEach(visit: (lowerCaseName: string, value: string) => void): void
  /** `true` says that this handler does not answer, and the router goes on to the next match. */
  setYield(notHandled: boolean): UwsRequest
}

/**
 * Valid until it is ended, upgraded or aborted; a later call throws. A handler that does not answer before it returns
 * must have called `onAborted`, else the process is terminated.
 */
export interface UwsResponse {
  /** First, if at all; "200 OK" otherwise. */
  writeStatus(status: string): UwsResponse
  writeHeader(name: UwsBytes, value: UwsBytes): UwsResponse
  /** Chunked transfer; true if nothing had to be buffered. */
  write(chunk: UwsBytes): boolean
  end(body?: UwsBytes, closeConnection?: boolean): UwsResponse
  endWithoutBody(reportedContentLength?: number, closeConnection?: boolean): UwsResponse
  close(): UwsResponse
  pause(): void
  resume(): void
  onAborted(handler: () => void): UwsResponse
  /** The chunk is neutered when the handler returns: copy what is kept. */
  onData(handler: (chunk: ArrayBuffer, isLast: boolean) => void): UwsResponse
  /** The handler returns false while it still has something to write. */
  onWritable(handler: (offset: number) => boolean): UwsResponse
  /** Joins what `write` and `end` produce into one system call; needed outside the first run of a handler. */
  cork(write: () => void): UwsResponse
  /** 4 or 16 bytes. */
  getRemoteAddress(): ArrayBuffer
  getRemoteAddressAsText(): ArrayBuffer
  /** The three strings are the request's `sec-websocket-…` headers; the response is dead afterwards. */
  upgrade<UserData>(
    userData: UserData,
    secWebSocketKey: string,
    secWebSocketProtocol: string,
    secWebSocketExtensions: string,
    context: UwsUpgradeContext,
  ): void
}

/** What `send` did: 0 buffered, 1 sent, 2 dropped because `maxBackpressure` was reached. */
export type UwsSendResult = 0 | 1 | 2

/** Valid from `open` until `close` has been called; every later call throws. */
export interface UwsWebSocket<UserData> {
  send(message: UwsBytes, isBinary?: boolean, compress?: boolean): UwsSendResult
  getBufferedAmount(): number
  ping(message?: UwsBytes): UwsSendResult
  /** With a close frame; calls the close handler before it returns. */
  end(code?: number, reason?: UwsBytes): void
  /** Without a close frame; calls the close handler before it returns. */
  close(): void
  cork(write: () => void): UwsWebSocket<UserData>
  getRemoteAddress(): ArrayBuffer
  getRemoteAddressAsText(): ArrayBuffer
  getUserData(): UserData
}

/** Settings and handlers of one WebSocket path. Messages are neutered when the handler returns: copy what is kept. */
export interface UwsWebSocketBehavior<UserData> {
  /** Bytes; a longer message closes the connection. Default 16 KiB. */
  maxPayloadLength?: number
  /** Bytes buffered for a peer before `send` drops. Default 64 KiB. */
  maxBackpressure?: number
  closeOnBackpressureLimit?: boolean
  /** Seconds; at least 8, or 0 for never. Default 120. */
  idleTimeout?: number
  /** Minutes; 0 for no limit. */
  maxLifetime?: number
  sendPingsAutomatically?: boolean
  /** One of the module's constants; only `DISABLED` is used here. */
  compression?: number
  upgrade?: (response: UwsResponse, request: UwsRequest, context: UwsUpgradeContext) => void
  open?: (socket: UwsWebSocket<UserData>) => void
  message?: (socket: UwsWebSocket<UserData>, message: ArrayBuffer, isBinary: boolean) => void
  dropped?: (socket: UwsWebSocket<UserData>, message: ArrayBuffer, isBinary: boolean) => void
  drain?: (socket: UwsWebSocket<UserData>) => void
  /** The socket must not be used to send from within. Code 1006 is a connection that ended without a close frame. */
  close?: (socket: UwsWebSocket<UserData>, code: number, message: ArrayBuffer) => void
  ping?: (socket: UwsWebSocket<UserData>, message: ArrayBuffer) => void
  pong?: (socket: UwsWebSocket<UserData>, message: ArrayBuffer) => void
}

/** Files are read when the app or the server name is made. There is no access to client certificates. */
export interface UwsTlsOptions {
  key_file_name?: string
  cert_file_name?: string
  ca_file_name?: string
  passphrase?: string
  dh_params_file_name?: string
  ssl_ciphers?: string
  ssl_prefer_low_memory_usage?: boolean
}

export type UwsHandler = (response: UwsResponse, request: UwsRequest) => void

export interface UwsApp {
  get(pattern: string, handler: UwsHandler): UwsApp
  post(pattern: string, handler: UwsHandler): UwsApp
  any(pattern: string, handler: UwsHandler): UwsApp
  ws<UserData>(pattern: string, behavior: UwsWebSocketBehavior<UserData>): UwsApp
  /**
   * Calls back before it returns, with false if the address cannot be had. Shares the port (SO_REUSEPORT) by default.
   */
  listen(host: string, port: number, done: (socket: UwsListenSocket | false) => void): UwsApp
  listen(host: string, port: number, options: number, done: (socket: UwsListenSocket | false) => void): UwsApp
  /** TLS by server name. Such a name has no routes but those that are added behind `domain`. */
  addServerName(hostname: string, options: UwsTlsOptions): UwsApp
  /** Routes added from here on are this server name's. */
  domain(hostname: string): UwsApp
  removeServerName(hostname: string): UwsApp
  /**
   * Ends the listening sockets and all connections. A thread must do so before it ends: an open app aborts the process.
   */
  close(): UwsApp
}

export interface UwsModule {
  App(options?: UwsTlsOptions): UwsApp
  SSLApp(options: UwsTlsOptions): UwsApp
  us_listen_socket_close(socket: UwsListenSocket): void
  us_socket_local_port(socket: UwsListenSocket): number
  readonly LIBUS_LISTEN_EXCLUSIVE_PORT: number
  readonly DISABLED: number
}
