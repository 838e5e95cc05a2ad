/*
 * floor TABLES [walk]: the least that the answer costs. Reads the tables of /proc/net (names separated
 * by commas) to the end, and with `walk` every link in every /proc/PID/fd, and ignores what it reads.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char bytes[1 << 16];

static void read_table(const char *name) {
  char path[300];
  snprintf(path, sizeof path, "/proc/net/%s", name);
  int file = open(path, O_RDONLY);
  if (file < 0) return;
  while (read(file, bytes, sizeof bytes) > 0) continue;
  close(file);
}

static void read_links(const char *pid) {
  char path[300];
  snprintf(path, sizeof path, "/proc/%s/fd", pid);
  DIR *folder = opendir(path);
  if (folder == NULL) return;
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    if (entry->d_name[0] != '.') readlinkat(dirfd(folder), entry->d_name, bytes, sizeof bytes);
  }
  closedir(folder);
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  for (char *name = strtok(argv[1], ","); name != NULL; name = strtok(NULL, ",")) read_table(name);
  if (argc > 2 && strcmp(argv[2], "walk") == 0) {
    DIR *proc = opendir("/proc");
    if (proc == NULL) return 1;
    for (struct dirent *entry; (entry = readdir(proc)) != NULL;) {
      if (isdigit((unsigned char)entry->d_name[0])) read_links(entry->d_name);
    }
    closedir(proc);
  }
  return 0;
}
