/*
 * runner SECONDS PROGRAM [ARG...]: runs a program once and prints its cost on one line:
 * wall time in ns, user and system CPU in us (its threads and waited-for children too), peak
 * resident memory in KiB, bytes written to standard output, and how it ended: an exit code, 128 + a
 * signal, or -1 where it took longer than SECONDS and was killed.
 *
 * The output goes to memory, not to a disk or to a reader that would need a CPU. The program is
 * started from this small one because Linux includes what a process used before exec(2) in its peak.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t child;
static volatile sig_atomic_t late;

static void kill_child(int signal) {
  (void)signal;
  late = 1;
  kill(child, SIGKILL);
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static long long microseconds(struct timeval time) {
  return time.tv_sec * 1000000LL + time.tv_usec;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  int output = memfd_create("output", 0);
  int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (output < 0 || input < 0) {
    perror("runner");
    return 1;
  }
  signal(SIGALRM, kill_child);
  long long begin = now();
  child = fork();
  if (child < 0) {
    perror("runner: fork");
    return 1;
  }
  if (child == 0) {
    dup2(input, 0);
    dup2(output, 1);
    close(output);
    execv(argv[2], argv + 2);
    perror(argv[2]);
    _exit(127);
  }
  alarm((unsigned)atoi(argv[1]));
  int status;
  struct rusage usage;
  while (wait4(child, &status, 0, &usage) < 0) {
    if (errno != EINTR) {
      perror("runner: wait4");
      return 1;
    }
  }
  long long wall = now() - begin;
  struct stat written;
  fstat(output, &written);
  printf("%lld %lld %lld %ld %lld %d\n", wall, microseconds(usage.ru_utime),
         microseconds(usage.ru_stime), usage.ru_maxrss, (long long)written.st_size,
         late                 ? -1
         : WIFSIGNALED(status) ? 128 + WTERMSIG(status)
                               : WEXITSTATUS(status));
  return 0;
}
