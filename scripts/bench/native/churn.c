/* churn PORT RATE SECONDS: opens RATE connections a second over loopback and closes each at once.
   Prints how many there were, and the seconds that it took. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  double rate = atof(argv[2]), seconds = atof(argv[3]);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int on = 1, server = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(server, (void *)&address, sizeof address) < 0 || listen(server, 512) < 0) fail("listen");
  double start = now();
  long count = 0;
  while (now() - start < seconds) {
    /* Client addresses change: ports in TIME_WAIT cannot be reused at once. */
    struct sockaddr_in own = {.sin_family = AF_INET};
    own.sin_addr.s_addr = htonl(0x7f010000 + getpid() % 100 * 0x10000 + 1 + count / 5000 % 60000);
    int client = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(client, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (bind(client, (void *)&own, sizeof own) < 0) fail("bind");
    if (connect(client, (void *)&address, sizeof address) < 0) fail("connect");
    int served = accept(server, NULL, NULL);
    if (served < 0) fail("accept");
    close(client);
    close(served);
    count++;
    double ahead = start + count / rate - now();
    if (ahead > 0.001) usleep(ahead * 1e6);
  }
  printf("%ld %.3f\n", count, now() - start);
  return 0;
}
