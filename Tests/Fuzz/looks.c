// How long a script can run without a look at the clock: for each line of a file of scripts, the
// longest processor time between two looks, in milliseconds, and the most work that was counted.
//
// Lines are `name: script`. One script that runs a file of its own: `looks - FILE`.
#include "fuzz.h"

#include <time.h>

extern uint64_t shim_longest_gap;

static const char prelude[] =
    "local host = ...\n"
    "local request, post = host.request, host.post\n"
    "ask = function(...) return request('ask', ...) end\n"
    "tell = function(...) post('tell', ...) end\n"
    "print = function(...) post('print', ...) end\n"
    "null, array, isarray, kind = host.null, host.markarray, host.isarray, host.kind\n"
    "complain, position = host.raise, host.position\n"
    "return { run = function(chunk) return chunk() end }";

static double milliseconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

// Runs a script under the limits that users have, and answers each request with its number.
static void measure(const char *name, const char *source, size_t length) {
  static const uint8_t head[] = {3, 0, 0, 0, 'r', 'u', 'n', 1, 0, 0, 0};
  uint8_t *code = NULL;
  size_t count = 0;
  char *message = NULL;
  int line = 0;
  int status = shim_compile(source, length, "@looks.lua", &code, &count, &message, &line);
  if (status != SHIM_COMPILED) {
    printf("%-32s does not compile: %s\n", name, message != NULL ? message : "?");
    exit(1);
  }
  fuzz_session f = fuzz_open_with(prelude, &user_limits);
  shim_session *s = f.session;
  uint8_t *input = shim_input(s, sizeof(head) + count + 100);
  CHECK(input != NULL);
  memcpy(input, head, sizeof(head));
  size_t size = fuzz_put_program(s, sizeof(head), "looks.lua", code, count);
  shim_longest_gap = 0;
  double began = milliseconds(CLOCK_THREAD_CPUTIME_ID);
  status = shim_start(s, size);
  for (uint64_t i = 0; status == SHIM_REQUEST || status == SHIM_INTERRUPTED; i++) {
    status = status == SHIM_REQUEST ? shim_answer_scalar(s, SHIM_TAG_INTEGER, i)
                                    : shim_continue(s);
  }
  double took = milliseconds(CLOCK_THREAD_CPUTIME_ID) - began;
  const char *end = "finished";
  char text[200];
  if (status == SHIM_FAILED) {
    shim_view view = shim_output(s);
    uint32_t told;
    memcpy(&told, view.bytes + 1, 4);
    snprintf(text, sizeof(text), "%.*s", told > 60 ? 60 : (int)told, (const char *)view.bytes + 5);
    end = text;
  }
  shim_statistics used = shim_measure(s);
  printf(
      "%-22s | %7.1f ms between looks | %9llu work | %6.0f ms in all, %6.0f counted | %s\n", name,
      (double)shim_longest_gap / 1e6, (unsigned long long)used.largest_work, took,
      (double)used.processor_nanoseconds / 1e6, end);
  fflush(stdout);
  fuzz_close(&f);
  free(code);
  free(message);
}

static void measure_file(const char *path, int is_whole) {
  FILE *file = fopen(path, "rb");
  CHECK(file != NULL);
  char *line = NULL;
  size_t room = 0;
  ssize_t length;
  if (is_whole) {
    length = getdelim(&line, &room, 0, file);
    if (length > 0) measure(strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path, line,
                            (size_t)length);
  }
  while (!is_whole && (length = getline(&line, &room, file)) > 0) {
    if (length > 0 && line[length - 1] == '\n') line[--length] = 0;
    char *mark = strstr(line, ": ");
    if (mark == NULL || strncmp(line, "--", 2) == 0) continue;
    *mark = 0;
    measure(line, mark + 2, strlen(mark + 2));
  }
  free(line);
  fclose(file);
}

int main(int count, char **arguments) {
  int is_whole = count > 1 && strcmp(arguments[1], "-") == 0;
  for (int i = is_whole ? 2 : 1; i < count; i++) measure_file(arguments[i], is_whole);
  return 0;
}
