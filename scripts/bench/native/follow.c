/*
 * follow SECONDS ROUNDS PAUSE PROGRAM [ARG...]: runs a program that repeats its report, and prints
 * the cost of each round on a line: CPU in ns (all its threads), bytes written.
 *
 * A round is over when the program has written nothing and used almost no CPU for PAUSE ms, so its
 * own interval must be much longer; what it prints does not matter. After ROUNDS rounds it is
 * interrupted (SIGINT), after SECONDS killed.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The timers of a sleeping runtime use less CPU than this in a pause (ns). */
#define IDLE_CPU 5000000LL
#define STEP_MS 20

static long long read_clock(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time) < 0) return -1;
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  long long give_up = read_clock(CLOCK_MONOTONIC) + atoll(argv[1]) * 1000000000LL;
  int rounds = atoi(argv[2]);
  long long pause = atoll(argv[3]) * 1000000LL;
  int output[2];
  if (pipe(output) < 0) return 1;
  pid_t child = fork();
  if (child < 0) return 1;
  if (child == 0) {
    dup2(output[1], 1);
    close(output[0]);
    close(output[1]);
    execv(argv[4], argv + 4);
    perror(argv[4]);
    _exit(127);
  }
  close(output[1]);
  clockid_t clock;
  if (clock_getcpuclockid(child, &clock) != 0) return 1;

  static char bytes[1 << 16];
  struct pollfd readable = {.fd = output[0], .events = POLLIN};
  long long round_bytes = 0, round_cpu = 0;
  long long quiet_since = read_clock(CLOCK_MONOTONIC), quiet_cpu = 0;
  int done = 0;
  while (done < rounds) {
    long long now = read_clock(CLOCK_MONOTONIC);
    if (now > give_up) break;
    ssize_t got = 0;
    if (poll(&readable, 1, STEP_MS) > 0) {
      got = read(output[0], bytes, sizeof bytes);
      if (got <= 0) break;
      round_bytes += got;
    }
    long long cpu = read_clock(clock);
    if (cpu < 0) break;
    if (got > 0 || cpu - quiet_cpu > IDLE_CPU) {
      quiet_since = now;
      quiet_cpu = cpu;
    } else if (now - quiet_since > pause && round_bytes > 0) {
      printf("%lld %lld\n", cpu - round_cpu, round_bytes);
      fflush(stdout);
      round_cpu = cpu;
      round_bytes = 0;
      done++;
    }
  }
  kill(child, done == rounds ? SIGINT : SIGKILL);
  /* It may still be writing. */
  while (read(output[0], bytes, sizeof bytes) > 0) continue;
  waitpid(child, NULL, 0);
  return done == rounds ? 0 : 1;
}
