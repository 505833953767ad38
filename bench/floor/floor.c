/*
 * What does the kernel alone cost? Relays the bytes of paired connections to each other over the same sockets as the
 * server, with no SIP in it: epoll; recvmmsg and sendmmsg for UDP; OpenSSL for TLS where it was there to compile with.
 *
 *     floor tcp|tls|udp|fan [certificate.pem key.pem]     prints "port N" on stdout, ends when stdin closes
 *
 * The first bytes of a connection are "FLOOR" and eight digits: connections with the same digits are a pair. They are
 * answered with "OK". What comes later goes to the partner as it is. With fan (TCP) there are no pairs: what comes on a
 * connection of number 0 goes to all others, whose own bytes are read and thrown away.
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
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef WITH_TLS
#include <openssl/ssl.h>
#endif

#define PAIRS_MAX 100000
#define FDS_MAX 250000
#define EVENTS_MAX 512
#define HELLO_BYTES 13
#define DATAGRAM_BYTES 2048
#define DATAGRAMS 128

typedef struct {
  int partner; /* file descriptor, -1 until the pair is whole */
  int paired;
#ifdef WITH_TLS
  SSL *ssl;
#endif
} Connection;

static Connection connections[FDS_MAX];
static int halves[PAIRS_MAX];
static char buffer[1 << 20];
static int is_tls;
static int is_fan;
static int watchers[FDS_MAX];
static int watchers_count;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int read_some(int fd) {
#ifdef WITH_TLS
  if (is_tls) return SSL_read(connections[fd].ssl, buffer, sizeof buffer);
#endif
  return (int)read(fd, buffer, sizeof buffer);
}

/* Nobody lags behind in these runs, so a full socket buffer is a mistake in the bench and not a case to handle. */
static void write_all(int fd, const char *bytes, int count) {
#ifdef WITH_TLS
  if (is_tls) {
    if (SSL_write(connections[fd].ssl, bytes, count) != count) die("SSL_write");
    return;
  }
#endif
  if (write(fd, bytes, count) != count) die("write");
}

static int pair_number(const char *bytes, int count) {
  if (count < HELLO_BYTES || memcmp(bytes, "FLOOR", 5) != 0) return -1;
  int number = 0;
  for (int i = 5; i < HELLO_BYTES; i++) number = number * 10 + (bytes[i] - '0');
  return number < PAIRS_MAX ? number : -1;
}

static void join_pair(int fd, int number) {
  if (is_fan) {
    connections[fd].paired = 1;
    if (number == 0) return;
    connections[fd].partner = fd;
    watchers[watchers_count++] = fd;
    return;
  }
  int other = halves[number] - 1;
  halves[number] = fd + 1;
  connections[fd].paired = 1;
  if (other >= 0) {
    connections[fd].partner = other;
    connections[other].partner = fd;
  }
}

static void forget(int epoll, int fd) {
  epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL);
#ifdef WITH_TLS
  if (is_tls) SSL_free(connections[fd].ssl);
#endif
  close(fd);
}

static void on_readable(int epoll, int fd) {
  int count = read_some(fd);
  if (count <= 0) {
#ifdef WITH_TLS
    if (is_tls && SSL_get_error(connections[fd].ssl, count) == SSL_ERROR_WANT_READ) return;
#endif
    if (count < 0 && errno == EAGAIN) return;
    forget(epoll, fd);
    return;
  }
  if (connections[fd].paired) {
    if (is_fan && connections[fd].partner < 0) {
      for (int i = 0; i < watchers_count; i++) write_all(watchers[i], buffer, count);
    } else if (!is_fan && connections[fd].partner >= 0) write_all(connections[fd].partner, buffer, count);
    return;
  }
  int number = pair_number(buffer, count);
  if (number < 0) forget(epoll, fd);
  else {
    join_pair(fd, number);
    write_all(fd, "OK", 2);
  }
}

#ifdef WITH_TLS
static SSL_CTX *tls_context(const char *certificate, const char *key) {
  SSL_CTX *context = SSL_CTX_new(TLS_server_method());
  if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1) die(certificate);
  if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) die(key);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
  return context;
}
#endif

static void on_acceptable(int epoll, int listener, void *context) {
  int fd = accept4(listener, NULL, NULL, is_tls ? 0 : SOCK_NONBLOCK);
  if (fd < 0) return;
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  connections[fd] = (Connection){.partner = -1};
#ifdef WITH_TLS
  if (is_tls) {
    SSL *ssl = SSL_new(context);
    SSL_set_fd(ssl, fd);
    connections[fd].ssl = ssl;
    /* Blocking: handshakes come one after the other and before any figure is taken. */
    if (SSL_accept(ssl) != 1) die("SSL_accept");
    fcntl(fd, F_SETFL, O_NONBLOCK);
  }
#else
  (void)context;
#endif
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static int bound_socket(int type, int *port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int fd = socket(AF_INET, type, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0) die("bind");
  getsockname(fd, (struct sockaddr *)&address, &length);
  *port = ntohs(address.sin_port);
  return fd;
}

static void serve_streams(void *context) {
  int port;
  int listener = bound_socket(SOCK_STREAM | SOCK_NONBLOCK, &port);
  if (listen(listener, 4096) != 0) die("listen");
  int epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
  event.data.fd = STDIN_FILENO;
  epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event);
  printf("port %d\n", port);
  fflush(stdout);
  static struct epoll_event events[EVENTS_MAX];
  for (;;) {
    int count = epoll_wait(epoll, events, EVENTS_MAX, -1);
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) on_acceptable(epoll, listener, context);
      else if (fd == STDIN_FILENO) exit(0);
      else on_readable(epoll, fd);
    }
  }
}

/* Peers by port: all of them are on loopback, each with a port of its own. */
static struct sockaddr_in partners[65536];
static struct sockaddr_in first_of_pair[PAIRS_MAX];

static int relay_datagram(struct mmsghdr *in, struct iovec *in_vector, struct mmsghdr *out, struct iovec *out_vector) {
  struct sockaddr_in *from = in->msg_hdr.msg_name;
  struct sockaddr_in *partner = &partners[ntohs(from->sin_port)];
  int number = pair_number(in_vector->iov_base, (int)in->msg_len);
  *out_vector = (struct iovec){.iov_base = in_vector->iov_base, .iov_len = in->msg_len};
  out->msg_hdr = (struct msghdr){.msg_iov = out_vector, .msg_iovlen = 1, .msg_namelen = sizeof *from};
  out->msg_hdr.msg_name = partner;
  if (number < 0) return partner->sin_port != 0;
  struct sockaddr_in *first = &first_of_pair[number];
  if (first->sin_port != 0 && first->sin_port != from->sin_port) {
    partners[ntohs(from->sin_port)] = *first;
    partners[ntohs(first->sin_port)] = *from;
  }
  *first = *from;
  *out_vector = (struct iovec){.iov_base = "OK", .iov_len = 2};
  out->msg_hdr.msg_name = from;
  return 1;
}

/* As a server has it that waits for more than one socket. */
static void wait_readable(int fd) {
  static int epoll = -1;
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (epoll < 0) {
    epoll = epoll_create1(0);
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    event.data.fd = STDIN_FILENO;
    epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event);
  }
  struct epoll_event events[2];
  int count = epoll_wait(epoll, events, 2, -1);
  for (int i = 0; i < count; i++) {
    if (events[i].data.fd == STDIN_FILENO) exit(0);
  }
}

static void serve_datagrams(void) {
  static char bytes[DATAGRAMS][DATAGRAM_BYTES];
  static struct sockaddr_in names[DATAGRAMS];
  static struct iovec in_vectors[DATAGRAMS], out_vectors[DATAGRAMS];
  static struct mmsghdr in[DATAGRAMS], out[DATAGRAMS];
  int port, size = 4 << 20;
  int fd = bound_socket(SOCK_DGRAM, &port);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  printf("port %d\n", port);
  fflush(stdout);
  for (;;) {
    wait_readable(fd);
    for (int i = 0; i < DATAGRAMS; i++) {
      in_vectors[i] = (struct iovec){.iov_base = bytes[i], .iov_len = DATAGRAM_BYTES};
      in[i].msg_hdr = (struct msghdr){.msg_name = &names[i], .msg_namelen = sizeof names[i]};
      in[i].msg_hdr.msg_iov = &in_vectors[i];
      in[i].msg_hdr.msg_iovlen = 1;
    }
    int count = recvmmsg(fd, in, DATAGRAMS, MSG_WAITFORONE, NULL);
    int sending = 0;
    for (int i = 0; i < count; i++) {
      sending += relay_datagram(&in[i], &in_vectors[i], &out[sending], &out_vectors[sending]);
    }
    for (int sent = 0; sent < sending;) {
      int more = sendmmsg(fd, out + sent, sending - sent, 0);
      if (more <= 0) die("sendmmsg");
      sent += more;
    }
  }
}

int main(int count, char **arguments) {
  if (count < 2) return 64;
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (strcmp(arguments[1], "udp") == 0) serve_datagrams();
  is_tls = strcmp(arguments[1], "tls") == 0;
  is_fan = strcmp(arguments[1], "fan") == 0;
  void *context = NULL;
  if (is_tls) {
#ifdef WITH_TLS
    if (count < 4) return 64;
    context = tls_context(arguments[2], arguments[3]);
#else
    fputs("compiled without OpenSSL\n", stderr);
    return 69;
#endif
  }
  serve_streams(context);
}
