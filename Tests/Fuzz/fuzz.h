// What the fuzz targets share: a session to feed, and a reader that trusts nothing.
#ifndef GODWIT_FUZZ_H
#define GODWIT_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CLuaShim.h"

#define CHECK(condition)                                                    \
  do {                                                                      \
    if (!(condition)) {                                                     \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      abort();                                                              \
    }                                                                       \
  } while (0)

typedef struct {
  shim_session *session;
  shim_flag *flag;
} fuzz_session;

static const shim_limits fuzz_limits = {
    .memory_bytes = 16 << 20,
    .allocation_bytes = 4 << 20,
    .instructions = 100000,
    .step_nanoseconds = 500000000,
    .processor_nanoseconds = 500000000,
    .coroutines = 100,
    .value_depth = 32,
    .value_nodes = 5000,
    .value_bytes = 1 << 20,
    .post_bytes = 1 << 16,
};

static size_t fuzz_put_text(uint8_t *place, const void *text, size_t length) {
  uint32_t word = (uint32_t)length;
  memcpy(place, &word, 4);
  memcpy(place + 4, text, length);
  return 4 + length;
}

static size_t fuzz_put_program(shim_session *s, size_t at, const char *name, const uint8_t *code,
                               size_t count) {
  uint8_t *input = shim_input(s, at + count + 100);
  CHECK(input != NULL);
  input[at++] = SHIM_TAG_PROGRAM;
  at += fuzz_put_text(input + at, name, strlen(name));
  at += fuzz_put_text(input + at, code, count);
  return at;
}

// The limits of a script unless its user sets others.
__attribute__((unused)) static const shim_limits user_limits = {
    .memory_bytes = 64 << 20,
    .allocation_bytes = 16 << 20,
    .instructions = 2000000000,
    .step_nanoseconds = 2000000000,
    .processor_nanoseconds = 30000000000,
    .coroutines = 1000,
    .value_depth = 32,
    .value_nodes = 50000,
    .value_bytes = 8 << 20,
    .post_bytes = 1 << 20,
};

// A session whose prelude has run.
static fuzz_session fuzz_open_with(const char *prelude, const shim_limits *limits) {
  uint8_t *code;
  size_t count;
  char *message;
  int line;
  CHECK(shim_check_library() == NULL);
  fuzz_session result = {NULL, shim_flag_new()};
  CHECK(result.flag != NULL);
  result.session = shim_open(limits, result.flag, 1);
  CHECK(result.session != NULL);
  int status = shim_compile(prelude, strlen(prelude), "=prelude", &code, &count, &message, &line);
  CHECK(status == SHIM_COMPILED);
  size_t size = fuzz_put_program(result.session, 0, "prelude", code, count);
  free(code);
  CHECK(shim_prelude(result.session, size) == SHIM_FINISHED);
  return result;
}

__attribute__((unused)) static fuzz_session fuzz_open(const char *prelude) {
  return fuzz_open_with(prelude, &fuzz_limits);
}

static void fuzz_close(fuzz_session *s) {
  shim_close(s->session);
  shim_flag_free(s->flag);
}

// Steps over `size` bytes of a tape that the shim wrote.
static const uint8_t *fuzz_take(const uint8_t **next, const uint8_t *end, size_t size) {
  const uint8_t *place = *next;
  CHECK(size <= (size_t)(end - place));
  *next = place + size;
  return place;
}

static uint32_t fuzz_count(const uint8_t **next, const uint8_t *end) {
  uint32_t count;
  memcpy(&count, fuzz_take(next, end, 4), 4);
  return count;
}

static void fuzz_walk_text(const uint8_t **next, const uint8_t *end) {
  fuzz_take(next, end, fuzz_count(next, end));
}

// Steps over a value, and checks that it is one.
static void fuzz_walk(const uint8_t **next, const uint8_t *end, int depth) {
  CHECK(depth <= 101);
  switch (*fuzz_take(next, end, 1)) {
    case SHIM_TAG_NIL:
    case SHIM_TAG_FALSE:
    case SHIM_TAG_TRUE:
    case SHIM_TAG_NULL:
    case SHIM_TAG_FUNCTION: return;
    case SHIM_TAG_INTEGER:
    case SHIM_TAG_NUMBER: fuzz_take(next, end, 8); return;
    case SHIM_TAG_STRING:
    case SHIM_TAG_BYTES: fuzz_walk_text(next, end); return;
    case SHIM_TAG_TABLE: {
      uint64_t array = fuzz_count(next, end), fields = fuzz_count(next, end);
      CHECK(*fuzz_take(next, end, 1) <= 1);
      for (uint64_t i = 0; i < array + 2 * fields; i++) fuzz_walk(next, end, depth + 1);
      return;
    }
    case SHIM_TAG_OPAQUE: {
      uint32_t size = fuzz_count(next, end);
      const uint8_t *inner = fuzz_take(next, end, size), *stop = inner + size;
      for (int i = 0; i < 3; i++) fuzz_walk_text(&inner, stop);
      uint32_t fields = fuzz_count(&inner, stop);
      for (uint32_t i = 0; i < fields; i++) {
        fuzz_walk_text(&inner, stop);
        fuzz_walk(&inner, stop, depth + 1);
      }
      CHECK(inner == stop);
      return;
    }
    default: CHECK(!"a tag that is known");
  }
}

// An error as failure.c writes it.
static void fuzz_walk_error(shim_view view) {
  const uint8_t *next = view.bytes, *end = view.bytes + view.count;
  CHECK(*fuzz_take(&next, end, 1) <= SHIM_CANCELLED);
  uint32_t length = fuzz_count(&next, end);
  CHECK(length <= 8 << 10);
  const uint8_t *message = fuzz_take(&next, end, length);
  for (uint32_t i = 0; i < length; i++) CHECK(message[i] >= 0x20 && message[i] != 0x7F);
  fuzz_take(&next, end, 8);
  fuzz_walk(&next, end, 0);
  uint32_t frames = fuzz_count(&next, end);
  CHECK(frames <= 64);
  for (uint32_t i = 0; i < frames; i++) {
    fuzz_take(&next, end, 8);
    fuzz_walk_text(&next, end);
  }
  CHECK(next == end);
}

#endif
