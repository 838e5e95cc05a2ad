/*
 * holder MODE: listens on a port of 127.0.0.1 and holds the socket in a way of its own, until it is
 * killed. Says `PORT PID` when it does, or `missing` where this kernel does not offer that.
 *
 * ended:    by a thread, while the first one has ended
 * unshared: by a thread that has a table of descriptors of its own
 * ring:     registered with an io_uring, by no descriptor
 * flight:   on its way through a UNIX socket, by no descriptor
 * high:     by descriptor 450; a child of it by 3
 * long:     by descriptor 3, with a command line of 8 GiB
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/resource.h>
#include <unistd.h>

static void need(int ok, const char *what) {
  if (ok) return;
  perror(what);
  exit(1);
}

static void missing(void) {
  puts("missing");
  fflush(stdout);
  for (;;) pause();
}

/* A listener on a free port, which goes into `port`. */
static int listener(int *port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof address;
  need(bind(fd, (void *)&address, size) == 0 && listen(fd, 1) == 0, "listen");
  need(getsockname(fd, (void *)&address, &size) == 0, "getsockname");
  *port = ntohs(address.sin_port);
  return fd;
}

static void ready(int port) {
  printf("%d %d\n", port, getpid());
  fflush(stdout);
  for (;;) pause();
}

static void *unshared(void *unused) {
  (void)unused;
  int port;
  need(unshare(CLONE_FILES) == 0, "unshare");
  listener(&port);
  ready(port);
  return NULL;
}

static pthread_t leader;

static void *survivor(void *unused) {
  (void)unused;
  int port;
  pthread_join(leader, NULL);
  /* It is joined before the kernel takes its descriptors. */
  char line[4096];
  do {
    FILE *stat = fopen("/proc/self/stat", "r");
    need(stat != NULL && fgets(line, sizeof line, stat) != NULL, "stat");
    fclose(stat);
  } while (strrchr(line, ')')[2] != 'Z' && usleep(1000) == 0);
  listener(&port);
  ready(port);
  return NULL;
}

static void ring(void) {
  struct io_uring_params params = {0};
  int port, fd = listener(&port);
  int into = (int)syscall(SYS_io_uring_setup, 4, &params);
  if (into < 0) missing();
  need(syscall(SYS_io_uring_register, into, IORING_REGISTER_FILES, &fd, 1) == 0, "register");
  close(fd);
  ready(port);
}

static void flight(void) {
  int port, fd = listener(&port), pair[2];
  need(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "socketpair");
  char byte = 0, room[CMSG_SPACE(sizeof fd)] = {0};
  struct iovec data = {&byte, 1};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
  struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof fd);
  memcpy(CMSG_DATA(rights), &fd, sizeof fd);
  need(sendmsg(pair[0], &message, 0) == 1, "sendmsg");
  close(fd);
  ready(port);
}

static void high(void) {
  struct rlimit limit = {1000, 1000};
  setrlimit(RLIMIT_NOFILE, &limit);
  int port, fd = listener(&port);
  for (int i = 0; i < 400; i++) dup(0);
  int far = fcntl(fd, F_DUPFD, 450);
  need(far >= 450, "dup");
  close(fd);
  /* Dies with this process. */
  if (fork() == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(far, 3);
    for (int i = 4; i < 1000; i++) close(i);
    ready(port);
  }
  for (;;) pause();
}

static void endless(void) {
  size_t size = (size_t)8 << 30;
  char *text = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (text == MAP_FAILED) missing();
  strcpy(text, "/usr/sbin/endless");
  char line[4096], *at;
  FILE *stat = fopen("/proc/self/stat", "r");
  need(stat != NULL && fgets(line, sizeof line, stat) != NULL, "stat");
  unsigned long long field[60] = {0};
  int number = 3;
  for (at = strtok(strrchr(line, ')') + 2, " "); at != NULL && number < 60; at = strtok(NULL, " "))
    field[number++] = strtoull(at, NULL, 10);
  struct prctl_mm_map map = {
      .start_code = field[26], .end_code = field[27], .start_stack = field[28],
      .start_data = field[45], .end_data = field[46], .start_brk = field[47],
      .brk = (unsigned long)sbrk(0), .env_start = field[50], .env_end = field[51],
      .arg_start = (unsigned long)text, .arg_end = (unsigned long)text + size, .exe_fd = (unsigned)-1};
  if (prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof map, 0) != 0) missing();
  int port;
  listener(&port);
  ready(port);
}

int main(int count, char **words) {
  const char *mode = count > 1 ? words[1] : "";
  pthread_t thread;
  if (strcmp(mode, "ended") == 0) {
    leader = pthread_self();
    pthread_create(&thread, NULL, survivor, NULL);
    pthread_exit(NULL);
  }
  if (strcmp(mode, "unshared") == 0) {
    pthread_create(&thread, NULL, unshared, NULL);
    for (;;) pause();
  }
  if (strcmp(mode, "ring") == 0) ring();
  if (strcmp(mode, "flight") == 0) flight();
  if (strcmp(mode, "high") == 0) high();
  if (strcmp(mode, "long") == 0) endless();
  return 2;
}
