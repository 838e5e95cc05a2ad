/*
 * opener tcp  SOCKETS PROCESSES     connections over loopback, both ends in the same process; every
 *                                   process also listens and has a UDP socket; one pair in ten is IPv6;
 *                                   the process in the middle is called `lone`
 * opener unix SOCKETS PROCESSES     the same with UNIX sockets
 * opener idle PROCESSES DESCRIPTORS SOCKETS
 *                                   processes that only hold descriptors: SOCKETS of them wait for
 *                                   TCP over IPv4, TCP over IPv6 and UDP by turns, the rest are
 *                                   /dev/null
 *
 * Prints `ready` when all is open, keeps it open until standard input ends, and prints `closed` when
 * all is closed. Every client has an address of its own, as on a server. The IPv6 ones are fd00:7::/64,
 * which must be routed to loopback (`ip -6 route add local fd00:7::/64 dev lo`).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif
#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND 78
#endif

#define FIRST_PORT 20000
#define CLIENT_NET 0x7f100000u /* 127.16.0.0 */

static void need(int ok, const char *what) {
  if (ok) return;
  perror(what);
  exit(1);
}

static int tcp_socket(int family) {
  int fd = socket(family, SOCK_STREAM, 0);
  need(fd >= 0, "opener: socket");
  /* Close by reset, so that no TIME_WAIT rows remain for the next measurement. */
  struct linger reset = {1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  return fd;
}

static struct sockaddr_in address4(unsigned host, int port) {
  return (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(host)}, .sin_port = htons(port)};
}

static struct sockaddr_in6 address6(unsigned host, int port) {
  struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  inet_pton(AF_INET6, "fd00:7::", &address.sin6_addr);
  for (int i = 0; i < 4; i++) address.sin6_addr.s6_addr[12 + i] = host >> (24 - 8 * i);
  return address;
}

static int listener(int family, const void *address, socklen_t size) {
  int fd = family == AF_UNIX ? socket(AF_UNIX, SOCK_STREAM, 0) : tcp_socket(family);
  int on = 1;
  if (family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  need(bind(fd, address, size) == 0, "opener: bind a server");
  need(listen(fd, 128) == 0, "opener: listen");
  return fd;
}

static void accept_from(int server, int client, const void *address, socklen_t size) {
  need(connect(client, address, size) == 0, "opener: connect");
  int accepted = accept(server, NULL, NULL);
  need(accepted >= 0, "opener: accept");
  struct linger reset = {1, 0};
  setsockopt(accepted, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

static void open_udp(const struct sockaddr_in *address) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  need(fd >= 0, "opener: socket");
  need(bind(fd, (const void *)address, sizeof *address) == 0, "opener: bind UDP");
}

static void open_tcp(int number, int sockets) {
  int port = FIRST_PORT + number;
  struct sockaddr_in any4 = address4(INADDR_ANY, port), here4 = address4(INADDR_LOOPBACK, port);
  struct sockaddr_in6 here6 = address6(1, port);
  struct sockaddr_in6 any6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  int server4 = listener(AF_INET, &any4, sizeof any4);
  int server6 = listener(AF_INET6, &any6, sizeof any6);
  open_udp(&here4);
  int pairs = (sockets - 3) / 2;
  if (sockets > 3 + 2 * pairs) open_udp(&(struct sockaddr_in){.sin_family = AF_INET});
  for (int i = 0; i < pairs; i++) {
    unsigned host = (unsigned)number * (unsigned)pairs + (unsigned)i;
    int on = 1;
    if (i % 10 == 9) {
      struct sockaddr_in6 from = address6(host + 2, 0);
      int client = tcp_socket(AF_INET6);
      setsockopt(client, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
      /* The address is routed here, but no interface has it. */
      setsockopt(client, IPPROTO_IPV6, IPV6_FREEBIND, &on, sizeof on);
      need(bind(client, (void *)&from, sizeof from) == 0, "opener: bind an IPv6 client");
      accept_from(server6, client, &here6, sizeof here6);
    } else {
      struct sockaddr_in from = address4(CLIENT_NET + host, 0);
      int client = tcp_socket(AF_INET);
      setsockopt(client, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
      need(bind(client, (void *)&from, sizeof from) == 0, "opener: bind an IPv4 client");
      accept_from(server4, client, &here4, sizeof here4);
    }
  }
}

static void open_unix(int number, int sockets) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int length = snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "bench/server-%d", number);
  socklen_t size = offsetof(struct sockaddr_un, sun_path) + 1 + (socklen_t)length;
  int server = listener(AF_UNIX, &address, size);
  int pairs = (sockets - 1) / 2;
  if (sockets > 1 + 2 * pairs) need(socket(AF_UNIX, SOCK_DGRAM, 0) >= 0, "opener: socket");
  for (int i = 0; i < pairs; i++) {
    int client = socket(AF_UNIX, SOCK_STREAM, 0);
    need(client >= 0, "opener: socket");
    accept_from(server, client, &address, size);
  }
}

static void open_server(int turn) {
  struct sockaddr_in any4 = address4(INADDR_ANY, 0);
  struct sockaddr_in6 any6 = {.sin6_family = AF_INET6};
  if (turn % 3 == 0) listener(AF_INET, &any4, sizeof any4);
  else if (turn % 3 == 1) listener(AF_INET6, &any6, sizeof any6);
  else open_udp(&any4);
}

static void open_idle(int number, int descriptors, int sockets) {
  /* The three standard ones are open already. */
  int others = descriptors - 3, opened = 0;
  for (int i = 0; i < others; i++) {
    /* Spread evenly, the last one a socket. */
    if ((long)(i + 1) * sockets / others > (long)i * sockets / others) {
      open_server(number + opened++);
    } else {
      need(open("/dev/null", O_RDONLY) >= 0, "opener: open");
    }
  }
}

/* For ps and netstat, which read the command line, and for lsof, which reads the thread's name. */
static void rename_to(char *command, const char *name) {
  need(strlen(command) >= strlen(name), "opener: a longer name");
  strcpy(command, name);
  prctl(PR_SET_NAME, name);
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  int is_idle = strcmp(argv[1], "idle") == 0;
  int processes = atoi(argv[is_idle ? 2 : 3]);
  int total = atoi(argv[2]);
  /* A process group of its own, so that it can be killed as a whole. */
  setpgid(0, 0);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  int opened[2];
  need(pipe(opened) == 0, "opener: pipe");
  for (int number = 0; number < processes; number++) {
    pid_t child = fork();
    need(child >= 0, "opener: fork");
    if (child > 0) continue;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(opened[0]);
    close(0);
    open("/dev/null", O_RDONLY);
    /* The remainder goes to the first ones. */
    int share = total / processes + (number < total % processes);
    if (is_idle) open_idle(number, atoi(argv[3]), argc > 4 ? atoi(argv[4]) : 0);
    else if (strcmp(argv[1], "tcp") == 0) {
      open_tcp(number, share);
      if (number == processes / 2) rename_to(argv[0], "lone");
    }
    else if (strcmp(argv[1], "unix") == 0) open_unix(number, share);
    else return 2;
    need(write(opened[1], "+", 1) == 1, "opener: write");
    close(opened[1]);
    for (;;) pause();
  }
  close(opened[1]);

  char byte;
  for (int ready = 0; ready < processes; ready++) {
    if (read(opened[0], &byte, 1) != 1) {
      fprintf(stderr, "opener: only %d of %d processes got ready\n", ready, processes);
      return 1;
    }
  }
  puts("ready");
  fflush(stdout);
  while (read(0, &byte, 1) > 0) continue;
  signal(SIGTERM, SIG_IGN);
  kill(0, SIGTERM);
  while (wait(NULL) > 0) continue;
  puts("closed");
  return 0;
}
