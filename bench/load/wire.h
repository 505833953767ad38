/*
 * Connections of the generator: TCP, TLS, UDP, WebSocket with and without TLS; and the cutting of what comes into SIP
 * messages. Opening is blocking and slow, what follows is not. What a message means is sip.h's and load.c's.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef WITH_TLS
#include <openssl/ssl.h>
#endif

#define MESSAGE_BYTES_MAX 4096
/* Flows of one source address that the server admits are many, ports of one address are fewer. */
#define CONNECTIONS_PER_ADDRESS 5000

typedef struct {
  int fd;
  int port; /* our own */
  int rest_bytes;
  char *rest; /* the beginning of a message whose end has not come */
#ifdef WITH_TLS
  SSL *ssl;
#endif
} Wire;

static struct {
  const char *name; /* as in Via: TCP, UDP, TLS, WS, WSS */
  int is_udp, is_tls, is_web, is_floor, port;
} transport;

static char received[1 << 20];

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int wire_read(Wire *wire, char *into, int most) {
#ifdef WITH_TLS
  if (transport.is_tls) return SSL_read(wire->ssl, into, most);
#endif
  return (int)read(wire->fd, into, most);
}

static void wire_write(Wire *wire, const char *bytes, int count) {
  int written;
#ifdef WITH_TLS
  if (transport.is_tls) written = SSL_write(wire->ssl, bytes, count);
  else
#endif
    written = (int)write(wire->fd, bytes, count);
  if (written != count && !transport.is_udp) die("write");
}

/* RFC 6455 §5.2: a text frame with the mask that changes nothing. */
static void send_message(Wire *wire, const char *bytes, int count) {
  static char frame[MESSAGE_BYTES_MAX + 8];
  if (!transport.is_web) {
    wire_write(wire, bytes, count);
    return;
  }
  int head = count < 126 ? 2 : 4;
  memset(frame, 0, 8);
  frame[0] = (char)0x81;
  frame[1] = (char)(0x80 | (count < 126 ? count : 126));
  if (head == 4) frame[2] = (char)(count >> 8), frame[3] = (char)count;
  memcpy(frame + head + 4, bytes, count);
  wire_write(wire, frame, head + 4 + count);
}

static void upgrade(Wire *wire) {
  const char *request =
      "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\n\r\n";
  wire_write(wire, request, (int)strlen(request));
  int count = wire_read(wire, received, sizeof received - 1);
  if (count < 12 || memcmp(received + 9, "101", 3) != 0) die("upgrade");
}

static void handshake(Wire *wire) {
#ifdef WITH_TLS
  static SSL_CTX *context;
  if (!context) {
    context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  }
  wire->ssl = SSL_new(context);
  SSL_set_fd(wire->ssl, wire->fd);
  if (SSL_connect(wire->ssl) != 1) die("SSL_connect");
#else
  (void)wire;
  fputs("compiled without OpenSSL\n", stderr);
  exit(69);
#endif
}

/* The hello of floor.c, answered with two bytes. */
static void greet_floor(Wire *wire, int index) {
  char hello[16];
  int count = snprintf(hello, sizeof hello, "FLOOR%08d", index / 2);
  wire_write(wire, hello, count);
  if (wire_read(wire, received, 2) != 2) die("floor");
}

static void open_wire(Wire *wire, int index) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(transport.port)};
  struct sockaddr_in own = {.sin_family = AF_INET};
  socklen_t length = sizeof own;
  int on = 1;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  own.sin_addr.s_addr = htonl(INADDR_LOOPBACK + index / CONNECTIONS_PER_ADDRESS);
  wire->fd = socket(AF_INET, transport.is_udp ? SOCK_DGRAM : SOCK_STREAM, 0);
  if (bind(wire->fd, (struct sockaddr *)&own, sizeof own) != 0) die("bind");
  if (connect(wire->fd, (struct sockaddr *)&address, sizeof address) != 0) die("connect");
  getsockname(wire->fd, (struct sockaddr *)&own, &length);
  wire->port = ntohs(own.sin_port);
  if (!transport.is_udp) setsockopt(wire->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (transport.is_tls) handshake(wire);
  if (transport.is_web) upgrade(wire);
  if (transport.is_floor) greet_floor(wire, index);
  fcntl(wire->fd, F_SETFL, O_NONBLOCK);
}

/* Bytes of the first SIP message in a stream, 0 when its end has not come. */
static int stream_message(const char *bytes, int count) {
  const char *end = memmem(bytes, count, "\r\n\r\n", 4);
  if (!end) return 0;
  int head = (int)(end - bytes) + 4;
  const char *length = memmem(bytes, head, "\r\nContent-Length:", 17);
  int whole = head + (length ? atoi(length + 17) : 0);
  return whole <= count ? whole : 0;
}

/* The payload of the first frame; 0 when its end has not come. The server masks nothing. */
static int frame_message(const char *bytes, int count, int *head) {
  if (count < 2) return 0;
  int length = bytes[1] & 127;
  *head = 2;
  if (length == 126) {
    if (count < 4) return 0;
    length = (unsigned char)bytes[2] << 8 | (unsigned char)bytes[3];
    *head = 4;
  }
  return *head + length <= count ? length : 0;
}

/* Hands each whole message to `take`; returns 0 when the connection has ended. */
static int receive(Wire *wire, int index, void (*take)(int index, char *bytes, int count)) {
  int count = wire->rest_bytes;
  if (count > 0) memcpy(received, wire->rest, count);
  int more = wire_read(wire, received + count, (int)sizeof received - count);
  if (more <= 0) return more < 0 || transport.is_udp;
  count += more;
  if (transport.is_udp) {
    take(index, received, count);
    return 1;
  }
  int at = 0;
  for (;;) {
    int head = 0;
    int length = transport.is_web ? frame_message(received + at, count - at, &head)
                                  : stream_message(received + at, count - at);
    if (length == 0) break;
    take(index, received + at + head, length);
    at += head + length;
  }
  wire->rest_bytes = count - at;
  if (wire->rest_bytes > 0) {
    wire->rest = realloc(wire->rest, wire->rest_bytes);
    memcpy(wire->rest, received + at, wire->rest_bytes);
  }
  return 1;
}
