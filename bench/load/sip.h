/*
 * The SIP that the generator speaks: REGISTER and MESSAGE with digest, made once and patched in place, and the 200 to
 * whatever comes. As much as a correct client says, no more.
 */
#include "md5.h"

typedef struct {
  int number; /* of the user: u0, u1, … */
  unsigned cseq;
  unsigned nonce_count;
  char nonce[160];
} User;

static const char *domain = "example.test";

/* Fields of a template that change with each message, all of fixed width. */
typedef struct {
  char *bytes;
  int count;
  int branch_at, cseq_at, nc_at, response_at;
} Template;

static void compute_response(char hex[33], const User *user, const char *method, const char *uri) {
  char text[512], first[33], second[33];
  md5_hex(first, text, snprintf(text, sizeof text, "u%d:%s:password%d", user->number, domain, user->number));
  md5_hex(second, text, snprintf(text, sizeof text, "%s:%s", method, uri));
  int count = snprintf(text, sizeof text, "%s:%s:%08x:0a4f113b:auth:%s", first, user->nonce, user->nonce_count, second);
  md5_hex(hex, text, count);
}

static int write_credentials(char *into, const char *name, const User *user, const char *method, const char *uri) {
  char response[33];
  compute_response(response, user, method, uri);
  return sprintf(into,
                 "%s: Digest username=\"u%d\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", algorithm=MD5, qop=auth, "
                 "nc=%08x, cnonce=\"0a4f113b\", response=\"%s\"\r\n",
                 name, user->number, domain, user->nonce, uri, user->nonce_count, response);
}

static int write_register(char *into, User *user, const char *via, int port, const char *protocol, int expires) {
  char uri[128];
  int n = user->number;
  snprintf(uri, sizeof uri, "sip:%s", domain);
  user->cseq++;
  int count = sprintf(into,
                      "REGISTER %s SIP/2.0\r\nVia: SIP/2.0/%s 127.0.0.1:%d;branch=z9hG4bKr%dx%d;rport\r\n"
                      "Max-Forwards: 70\r\nFrom: <sip:u%d@%s>;tag=r%d\r\nTo: <sip:u%d@%s>\r\nCall-ID: r%d\r\n"
                      "CSeq: %u REGISTER\r\nContact: <sip:u%d@127.0.0.1:%d;transport=%s>;reg-id=1;"
                      "+sip.instance=\"<urn:uuid:00000000-0000-4000-8000-%012d>\"\r\nExpires: %d\r\n"
                      "User-Agent: Bench/1\r\nSupported: path, outbound\r\n",
                      uri, via, port, n, user->cseq, n, domain, n, n, domain, n, user->cseq, n, port, protocol, n,
                      expires);
  if (user->nonce[0]) {
    user->nonce_count++;
    count += write_credentials(into + count, "Authorization", user, "REGISTER", uri);
  }
  return count + sprintf(into + count, "Content-Length: 0\r\n\r\n");
}

/* A MESSAGE of `size` bytes, more where its head alone is longer; with credentials where each has to prove itself. */
static void make_message(Template *message, User *from, int to, const char *via, int port, int size, int proves) {
  char head[2048], uri[128];
  snprintf(uri, sizeof uri, "sip:u%d@%s", to, domain);
  int count = sprintf(head,
                      "MESSAGE %s SIP/2.0\r\nVia: SIP/2.0/%s 127.0.0.1:%d;branch=z9hG4bKm%06d00000000;rport\r\n"
                      "Max-Forwards: 70\r\nFrom: <sip:u%d@%s>;tag=m%d\r\nTo: <sip:u%d@%s>\r\nCall-ID: m%06d@bench\r\n"
                      "CSeq: 10000000 MESSAGE\r\nUser-Agent: Bench/1\r\n",
                      uri, via, port, from->number, from->number, domain, from->number, to, domain, from->number);
  if (proves) count += write_credentials(head + count, "Proxy-Authorization", from, "MESSAGE", uri);
  count += sprintf(head + count, "Content-Type: text/plain;charset=UTF-8\r\n");
  int body = size - count - 23;
  if (body < 16) body = 16;
  count += sprintf(head + count, "Content-Length: %03d\r\n\r\n", body);
  message->bytes = malloc(count + body);
  message->count = count + body;
  memcpy(message->bytes, head, count);
  for (int i = 0; i < body; i++) message->bytes[count + i] = "see you at ten "[i % 15];
  message->branch_at = (int)(strstr(head, "00000000;rport") - head);
  message->cseq_at = (int)(strstr(head, "CSeq: ") - head) + 6;
  message->nc_at = proves ? (int)(strstr(head, "nc=") - head) + 3 : 0;
  message->response_at = proves ? (int)(strstr(head, "response=\"") - head) + 10 : 0;
}

static void write_decimal(char *at, unsigned value) {
  for (int i = 7; i >= 0; i--, value /= 10) at[i] = (char)('0' + value % 10);
}

/* The next message of this template: a branch and a CSeq of its own, and credentials for it. */
static void next_message(Template *message, User *from, int to, unsigned sequence) {
  write_decimal(message->bytes + message->branch_at, sequence);
  write_decimal(message->bytes + message->cseq_at, 10000000 + sequence);
  if (message->nc_at == 0) return;
  char uri[128], text[40];
  snprintf(uri, sizeof uri, "sip:u%d@%s", to, domain);
  from->nonce_count++;
  snprintf(text, sizeof text, "%08x", from->nonce_count);
  memcpy(message->bytes + message->nc_at, text, 8);
  compute_response(text, from, "MESSAGE", uri);
  memcpy(message->bytes + message->response_at, text, 32);
}

/* RFC 3261 §8.2.6: Via, From, To with a tag, Call-ID, CSeq as they came. */
static int write_ok(char *into, const char *request, int count) {
  char *at = into;
  at += sprintf(at, "SIP/2.0 200 OK\r\n");
  const char *line = memchr(request, '\n', count), *end = request + count;
  while (line && ++line < end && *line != '\r') {
    const char *next = memchr(line, '\n', end - line);
    if (!next) break;
    int length = (int)(next + 1 - line);
    int is_to = strncmp(line, "To:", 3) == 0;
    if (is_to || strncmp(line, "Via:", 4) == 0 || strncmp(line, "From:", 5) == 0 ||
        strncmp(line, "Call-ID:", 8) == 0 || strncmp(line, "CSeq:", 5) == 0) {
      memcpy(at, line, length);
      at += length;
      if (is_to) at += sprintf(at - 2, ";tag=b\r\n") - 2;
    }
    line = next;
  }
  return (int)(at - into) + sprintf(at, "Content-Length: 0\r\n\r\n");
}

/* Keeps the nonce of the challenge that offers MD5. */
static int take_challenge(User *user, const char *response, int count) {
  const char *line = response, *end = response + count;
  while ((line = memmem(line, end - line, "-Authenticate:", 14))) {
    const char *eol = memchr(line, '\r', end - line);
    const char *nonce = memmem(line, eol - line, "nonce=\"", 7);
    if (nonce && memmem(line, eol - line, "algorithm=MD5", 13)) {
      const char *close = memchr(nonce + 7, '"', eol - nonce - 7);
      int length = (int)(close - nonce) - 7;
      if (length >= (int)sizeof user->nonce) return 0;
      memcpy(user->nonce, nonce + 7, length);
      user->nonce[length] = 0;
      user->nonce_count = 0;
      return 1;
    }
    line = eol;
  }
  return 0;
}
