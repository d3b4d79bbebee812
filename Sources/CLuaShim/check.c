// What is made sure of before the first script runs: that the library is the one which the tests
// know, and that each measure against what it cannot take is in force in this very process.
#include "internal.h"

#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

extern const char lua_ident[];

static char problem[200] = "the Lua library could not be opened";
static pthread_once_t once = PTHREAD_ONCE_INIT;

int shim_knows_library(const char *ident) { return strstr(ident, "Lua 5.4.4 ") != NULL; }

// Scripts, and what each must end by: SHIM_RUNNING where it must return.
static const struct {
  const char *what;
  const char *source;
  int reason;
} probes[] = {
    {"globals",
     "assert(not (io or package or debug or load or loadfile or dofile or collectgarbage))"
     "assert(not (require or string.dump or math.randomseed or os.getenv or os.execute or os.exit))"
     "assert(getmetatable('') == nil and tostring({}) == 'table')"
     "assert(not pcall(string.format, '%p', {}))",
     SHIM_RUNNING},
    {"metatables",
     "local called, gone = function() return 1 end, false "
     "local o = setmetatable({}, {__mode = 'k', __concat = called, __close = called}) "
     "setmetatable({}, {__gc = function() gone = true end}) o[{}] = 1 "
     "for i = 1, 1500 do local t = {i} end assert(next(o) and not gone) "
     "assert(not pcall(function() return o .. 'x' end)) "
     "assert(not pcall(function() local x <close> = o end))",
     SHIM_RUNNING},
    {"protected calls", "while true do pcall(function() while true do end end) end",
     SHIM_INSTRUCTIONS},
    {"message handlers",
     "xpcall(function() while true do end end, function() while true do end end)",
     SHIM_INSTRUCTIONS},
    {"coroutines", "while true do coroutine.wrap(function() end)() end", SHIM_INSTRUCTIONS},
    {"patterns", "local a = ('a'):rep(40) a:find(('a?'):rep(40) .. a .. 'a')", SHIM_INSTRUCTIONS},
    {"memory", "local t = {} while true do pcall(function() t[#t + 1] = {1} end) end", SHIM_MEMORY},
    {"allocations", "pcall(string.rep, 'x', 1 << 40)", SHIM_ALLOCATION},
};

static uint8_t *put_text(uint8_t *place, const void *bytes, size_t count) {
  uint32_t word = (uint32_t)count;
  memcpy(place, &word, sizeof(word));
  memcpy(place + sizeof(word), bytes, count);
  return place + sizeof(word) + count;
}

// Writes a program to the session's input, behind what is there; returns the size of it all.
static size_t put_program(shim_session *s, const void *head, size_t size, const char *source) {
  uint8_t *code;
  size_t count, result = 0;
  char *message;
  int line;
  if (shim_compile(source, strlen(source), "=check", &code, &count, &message, &line)
      == SHIM_COMPILED) {
    uint8_t *input = shim_input(s, size + count + 32), *place = input + size;
    if (input != NULL) {
      if (size > 0) memcpy(input, head, size);
      *place++ = SHIM_TAG_PROGRAM;
      place = put_text(place, "check", 5);
      place = put_text(place, code, count);
      result = (size_t)(place - input);
    }
  }
  free(code);
  free(message);
  return result;
}

static int probe(const char *source, int reason) {
  static const char prelude[] = "return { run = function(chunk) chunk() end }";
  static const uint8_t head[] = {3, 0, 0, 0, 'r', 'u', 'n', 1, 0, 0, 0};
  static const shim_limits limits = {
      .memory_bytes = 1 << 20,
      .allocation_bytes = 256 << 10,
      .instructions = 40000,
      .step_nanoseconds = UINT64_MAX,
      .processor_nanoseconds = UINT64_MAX,
      .coroutines = 100,
      .value_depth = 10,
      .value_nodes = 100,
      .value_bytes = 1000,
  };
  int holds = 0;
  shim_flag *flag = shim_flag_new();
  shim_session *s = flag != NULL ? shim_open(&limits, flag, 0) : NULL;
  if (s != NULL && shim_prelude(s, put_program(s, NULL, 0, prelude)) == SHIM_FINISHED) {
    s->limits.memory_bytes = s->memory + (64 << 10);
    size_t count = put_program(s, head, sizeof(head), source);
    int status = count > 0 ? shim_start(s, count) : SHIM_FAILED;
    holds = s->reason == reason && (status == SHIM_FINISHED) == (reason == SHIM_RUNNING);
  }
  if (s != NULL) shim_close(s);
  shim_flag_free(flag);
  return holds;
}

// Whether the scan refuses a source that repeats a piece so often.
static int refuses(const char *start, const char *piece, int times) {
  int line;
  size_t length = strlen(start), size = strlen(piece);
  char *source = malloc(length + size * (size_t)times);
  if (source == NULL) return 0;
  memcpy(source, start, length);
  for (int i = 0; i < times; i++) memcpy(source + length + size * (size_t)i, piece, size);
  int result = shim_prescan(source, length + size * (size_t)times, &line) != NULL;
  free(source);
  return result;
}

static const char *first_gap(void) {
  int line;
  // Lua compares strings by strcoll, which reads past their end where the locale is another.
  const char *locale = setlocale(LC_COLLATE, NULL);
  if (locale == NULL || (strcmp(locale, "C") != 0 && strcmp(locale, "POSIX") != 0)) return "locale";
  if (!refuses("return a", ".a", 101) || !refuses("return x ", "and x ", 4001)
      || !refuses("return ", "(", 181) || refuses("return a", ".a", 10)
      || shim_prescan("\x1bLua", 4, &line) == NULL) {
    return "scan of the source";
  }
  for (size_t i = 0; i < sizeof(probes) / sizeof(*probes); i++) {
    if (!probe(probes[i].source, probes[i].reason)) return probes[i].what;
  }
  return NULL;
}

static void check(void) {
  if (!shim_knows_library(lua_ident)) {
    snprintf(
        problem, sizeof(problem), "the Lua library is not 5.4.4, the version that is known (%.60s)",
        lua_ident);
    return;
  }
  const char *missing = open_stock();
  if (missing != NULL) {
    snprintf(problem, sizeof(problem), "the Lua library has not what it should: %.60s", missing);
    return;
  }
  const char *gap = first_gap();
  problem[0] = 0;
  if (gap != NULL) snprintf(problem, sizeof(problem), "the Lua sandbox is not whole: %s", gap);
}

const char *shim_check_library(void) {
  pthread_once(&once, check);
  return problem[0] != 0 ? problem : NULL;
}

int shim_probe(const char *source, int reason) {
  return shim_check_library() == NULL && probe(source, reason);
}
