// The codec of values: whatever is on a tape, reading it ends in values or in an error of the
// script, and what was written once is written the same again when it was read.
#include "fuzz.h"

static const char prelude[] =
    "local request = (...).request\n"
    "return { run = function() local n, t = 0, {}\n"
    "  while true do\n"
    "    local ok, values = pcall(function(...) return table.pack(request('echo', ...)) end,\n"
    "      table.unpack(t, 1, n))\n"
    "    if ok then t, n = values, values.n else t, n = {}, 0 end\n"
    "  end end }";

static shim_view arguments_of(shim_session *s) {
  shim_view view = shim_output(s);
  CHECK(view.count >= 16);
  view.bytes += 12;
  view.count -= 12;
  const uint8_t *next = view.bytes, *end = view.bytes + view.count;
  uint32_t count = fuzz_count(&next, end);
  for (uint32_t i = 0; i < count; i++) fuzz_walk(&next, end, 0);
  CHECK(next == end);
  return view;
}

static int is_done(shim_session *s, int status) {
  if (status == SHIM_REQUEST) return 0;
  CHECK(status == SHIM_FAILED);
  fuzz_walk_error(shim_output(s));
  return 1;
}

// Strings that are not UTF-8 come out with another tag than they go in with.
static void as_input(uint8_t **next, uint8_t *end) {
  const uint8_t *at = *next;
  uint8_t *tag = *next;
  if (*tag == SHIM_TAG_BYTES) *tag = SHIM_TAG_STRING;
  if (*tag == SHIM_TAG_TABLE) {
    uint32_t counts[2];
    memcpy(counts, tag + 1, 8);
    *next += 10;
    for (uint64_t i = 0; i < (uint64_t)counts[0] + 2 * (uint64_t)counts[1]; i++) {
      as_input(next, end);
    }
    return;
  }
  fuzz_walk(&at, end, 0);
  *next = (uint8_t *)at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const uint8_t run[] = {3, 0, 0, 0, 'r', 'u', 'n', 0, 0, 0, 0};
  if (size > 1 << 16) return 0;
  fuzz_session f = fuzz_open(prelude);
  shim_session *s = f.session;
  memcpy(shim_input(s, sizeof(run)), run, sizeof(run));
  int status = shim_start(s, sizeof(run));
  CHECK(status == SHIM_REQUEST);
  uint8_t *input = shim_input(s, size + 1);
  CHECK(input != NULL);
  // Bytecode is never from outside: a program on a tape is not a case.
  for (size_t i = 0; i < size; i++) input[i] = data[i] == SHIM_TAG_PROGRAM ? 0xFF : data[i];
  if (!is_done(s, shim_answer(s, size))) {
    shim_view first = arguments_of(s);
    uint8_t *kept = malloc(first.count);
    CHECK(kept != NULL);
    memcpy(kept, first.bytes, first.count);
    size_t count = first.count;
    input = shim_input(s, count);
    memcpy(input, kept, count);
    uint8_t *next = input + 4;
    while (next < input + count) as_input(&next, input + count);
    if (!is_done(s, shim_answer(s, count))) {
      shim_view second = arguments_of(s);
      CHECK(second.count == count);
      // Opaque values as keys of one table come in no promised order.
      if (memchr(kept, SHIM_TAG_OPAQUE, count) == NULL) {
        CHECK(memcmp(second.bytes, kept, count) == 0);
      }
    }
    free(kept);
  }
  fuzz_close(&f);
  return 0;
}
