/*
 * The generator of load: connections of users in pairs, messages made beforehand, one in flight a pair. A lean client
 * in a process of its own, so that what is measured is the server.
 *
 *     load tcp|tls|udp|ws|wss|floor-tcp|floor-tls|floor-udp PORT CONNECTIONS FIRST-USER MESSAGE-BYTES
 *
 * Users are u0, u1, … with the passwords password0, password1, …; each has one connection. Commands are lines on
 * stdin, each answered by one line of JSON:
 *
 *     open RATE                       connects all, at most RATE a second
 *     register WINDOW EXPIRES         a REGISTER of each user, WINDOW of them under way at once
 *     messages SECONDS RATE ACTIVE    each first user of ACTIVE pairs to its second; RATE 0: as fast as answered
 */
#include "wire.h"
#include "sip.h"
#include <sys/resource.h>
#include <time.h>

#define EVENTS_MAX 512
/* Latencies in steps of 1/16 octave of microseconds. */
#define LATENCIES 512

typedef struct {
  Template message;
  unsigned sequence;
  int busy;
  double sent_at, repeated_at;
} Pair;

typedef enum { REGISTERING, MESSAGING } Phase;

static Wire *wires;
static User *users;
static Pair *pairs;
static int connections_count, pairs_count, message_size, epoll;
static Phase phase;
static int next_to_register, registering, registered, refused, expires_seconds;
static long answered, stored, failed, repeated, moved_bytes;
static int *idle_ring, idle_first, idle_count;
static int is_paced, is_stopping;
static long latencies[LATENCIES];

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void send_register(int index) {
  char bytes[MESSAGE_BYTES_MAX];
  char protocol[8] = "tcp";
  if (transport.is_udp) strcpy(protocol, "udp");
  else if (transport.is_web) strcpy(protocol, "ws");
  else if (transport.is_tls) strcpy(protocol, "tls");
  Wire *wire = &wires[index];
  int count = write_register(bytes, &users[index], transport.name, wire->port, protocol, expires_seconds);
  send_message(wire, bytes, count);
}

static void start_message(int number) {
  Pair *pair = &pairs[number];
  User *from = &users[2 * number];
  int to = users[2 * number + 1].number;
  Wire *wire = &wires[2 * number];
  if (!pair->message.bytes) {
    make_message(&pair->message, from, to, transport.name, wire->port, message_size, transport.is_udp);
  }
  next_message(&pair->message, from, to, ++pair->sequence);
  pair->busy = 1;
  pair->sent_at = pair->repeated_at = now();
  moved_bytes += pair->message.count;
  send_message(wire, pair->message.bytes, pair->message.count);
}

static void push_idle(int number) {
  idle_ring[(idle_first + idle_count++) % pairs_count] = number;
}

static int pop_idle(void) {
  int number = idle_ring[idle_first];
  idle_first = (idle_first + 1) % pairs_count;
  idle_count--;
  return number;
}

static void count_latency(double seconds) {
  int step = 0;
  for (double micros = seconds * 1e6; micros > 1 && step < LATENCIES - 1; micros /= 1.0442737824274138) step++;
  latencies[step]++;
}

static double latency_at(double share) {
  long before = 0, all = 0;
  for (int i = 0; i < LATENCIES; i++) all += latencies[i];
  double micros = 1;
  for (int i = 0; i < LATENCIES; i++, micros *= 1.0442737824274138) {
    before += latencies[i];
    if (before >= share * all) return micros / 1000;
  }
  return 0;
}

static void on_registered(int index, int status, const char *bytes, int count) {
  if (status == 401 || status == 407) {
    int is_first = users[index].nonce[0] == 0;
    if (take_challenge(&users[index], bytes, count) && is_first) {
      send_register(index);
      return;
    }
  }
  registering--;
  if (status == 200) registered++;
  else {
    if (refused++ == 0) fprintf(stderr, "%.*s", count, bytes);
  }
  if (next_to_register < connections_count) {
    registering++;
    send_register(next_to_register++);
  }
}

static void on_answered(int index, int status, const char *bytes, int count) {
  int number = index / 2;
  Pair *pair = &pairs[number];
  const char *cseq = memmem(bytes, count, "\r\nCSeq:", 7);
  if (!pair->busy || !cseq || (unsigned)atoi(cseq + 7) != 10000000 + pair->sequence) return;
  pair->busy = 0;
  if (status == 200) answered++;
  else if (status == 202) stored++;
  else if (failed++ == 0) fprintf(stderr, "%.*s", count, bytes);
  count_latency(now() - pair->sent_at);
  push_idle(number);
  if (!is_paced && !is_stopping) start_message(pop_idle());
}

static void take_message(int index, char *bytes, int count) {
  if (count > 12 && memcmp(bytes, "SIP/2.0 ", 8) == 0) {
    int status = atoi(bytes + 8);
    if (status < 200) return;
    if (phase == REGISTERING) on_registered(index, status, bytes, count);
    else on_answered(index, status, bytes, count);
    return;
  }
  char answer[MESSAGE_BYTES_MAX];
  moved_bytes += count;
  send_message(&wires[index], answer, write_ok(answer, bytes, count));
}

static void handle_events(int timeout_ms) {
  static struct epoll_event events[EVENTS_MAX];
  int count = epoll_wait(epoll, events, EVENTS_MAX, timeout_ms);
  for (int i = 0; i < count; i++) {
    int index = (int)events[i].data.u32;
    if (receive(&wires[index], index, take_message)) continue;
    fprintf(stderr, "connection of u%d ended\n", users[index].number);
    epoll_ctl(epoll, EPOLL_CTL_DEL, wires[index].fd, NULL);
  }
}

static void open_all(int rate) {
  double start = now();
  for (int i = 0; i < connections_count; i++) {
    /* Never faster after a pause: a burst is what a listener refuses. */
    if (i % 100 == 99) usleep(100 * 1000000L / rate);
    open_wire(&wires[i], i);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (unsigned)i};
    epoll_ctl(epoll, EPOLL_CTL_ADD, wires[i].fd, &event);
  }
  printf("{\"opened\":%d,\"seconds\":%.3f}\n", connections_count, now() - start);
}

static void register_all(int window, int expires) {
  double start = now(), progress = start;
  phase = REGISTERING;
  expires_seconds = expires;
  next_to_register = registering = registered = refused = 0;
  while (registering < window && next_to_register < connections_count) {
    registering++;
    send_register(next_to_register++);
  }
  int before = 0;
  while (registering > 0 && now() - progress < 10) {
    handle_events(100);
    if (registered + refused != before) before = registered + refused, progress = now();
  }
  refused += registering;
  printf("{\"registered\":%d,\"refused\":%d,\"seconds\":%.6f}\n", registered, refused, now() - start);
}

/* RFC 3261 §17.1.2.2, only where the network may lose: the generator's own T1, once a try. */
static void repeat_lost(double at) {
  for (int i = 0; i < pairs_count; i++) {
    Pair *pair = &pairs[i];
    if (!pair->busy || at - pair->repeated_at < 0.5) continue;
    pair->repeated_at = at;
    repeated++;
    send_message(&wires[2 * i], pair->message.bytes, pair->message.count);
  }
}

static void run_messages(double seconds, double rate, int active) {
  double start = now(), end = start + seconds, next_repeat = start;
  long started = 0;
  phase = MESSAGING;
  is_paced = rate > 0;
  is_stopping = 0;
  answered = stored = failed = repeated = moved_bytes = 0;
  memset(latencies, 0, sizeof latencies);
  idle_first = idle_count = 0;
  for (int i = 0; i < pairs_count; i++) push_idle(i);
  for (int i = 0; i < active && !is_paced; i++) start_message(pop_idle());
  for (;;) {
    double at = now();
    if (at >= end) break;
    for (; is_paced && idle_count > 0 && started < (at - start) * rate; started++) start_message(pop_idle());
    if (transport.is_udp && at >= next_repeat) repeat_lost(at), next_repeat = at + 0.1;
    handle_events(is_paced ? 1 : 10);
  }
  double took = now() - start;
  is_stopping = 1;
  long counted = answered, bytes = moved_bytes;
  while (idle_count < pairs_count && now() < end + 7) {
    handle_events(50);
    if (transport.is_udp) repeat_lost(now());
  }
  printf("{\"answered\":%ld,\"counted\":%ld,\"stored\":%ld,\"failed\":%ld,\"repeated\":%ld,\"unanswered\":%d,"
         "\"bytes\":%ld,\"seconds\":%.6f,\"p50Ms\":%.3f,\"p99Ms\":%.3f}\n",
         answered, counted, stored, failed, repeated, pairs_count - idle_count, bytes, took, latency_at(0.5),
         latency_at(0.99));
}

static int choose_transport(const char *name) {
  transport.is_floor = strncmp(name, "floor-", 6) == 0;
  if (transport.is_floor) name += 6;
  transport.is_udp = strcmp(name, "udp") == 0;
  transport.is_tls = strcmp(name, "tls") == 0 || strcmp(name, "wss") == 0;
  transport.is_web = strcmp(name, "ws") == 0 || strcmp(name, "wss") == 0;
  static const char *names[][2] = {{"tcp", "TCP"}, {"tls", "TLS"}, {"udp", "UDP"}, {"ws", "WS"}, {"wss", "WSS"}};
  for (int i = 0; i < 5; i++) {
    if (strcmp(name, names[i][0]) == 0) transport.name = names[i][1];
  }
  return transport.name != NULL;
}

int main(int count, char **arguments) {
  if (count != 6 || !choose_transport(arguments[1])) return 64;
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  transport.port = atoi(arguments[2]);
  connections_count = atoi(arguments[3]);
  pairs_count = connections_count / 2;
  message_size = atoi(arguments[5]);
  wires = calloc(connections_count, sizeof *wires);
  users = calloc(connections_count, sizeof *users);
  pairs = calloc(pairs_count + 1, sizeof *pairs);
  idle_ring = calloc(pairs_count + 1, sizeof *idle_ring);
  for (int i = 0; i < connections_count; i++) users[i].number = atoi(arguments[4]) + i;
  if (transport.is_floor) {
    /* As long as a nonce of the server, so that the messages are. */
    for (int i = 0; i < connections_count; i++) memset(users[i].nonce, 'n', 75);
  }
  epoll = epoll_create1(0);
  char line[256];
  setvbuf(stdout, NULL, _IOLBF, 0);
  while (fgets(line, sizeof line, stdin)) {
    double seconds, rate;
    int first, second;
    if (sscanf(line, "open %d", &first) == 1) open_all(first);
    else if (sscanf(line, "register %d %d", &first, &second) == 2) register_all(first, second);
    else if (sscanf(line, "messages %lf %lf %d", &seconds, &rate, &first) == 3) run_messages(seconds, rate, first);
    else return 64;
  }
}
