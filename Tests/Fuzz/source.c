// The scan of the source, the compiler behind it, and what runs: no text may crash or hang the
// process, and each ends in one of the ways that the shim names.
#include "fuzz.h"

static const char prelude[] =
    "local host = ...\n"
    "local request, post = host.request, host.post\n"
    "ask = function(...) return request('ask', ...) end\n"
    "print = function(...) post('print', ...) end\n"
    "null, array = host.null, host.markarray\n"
    "return { run = function(chunk) return chunk() end }";

static void run(const uint8_t *code, size_t count) {
  enum { REQUESTS_MAX = 50 };
  static const uint8_t head[] = {3, 0, 0, 0, 'r', 'u', 'n', 1, 0, 0, 0};
  fuzz_session f = fuzz_open(prelude);
  shim_session *s = f.session;
  uint8_t *input = shim_input(s, sizeof(head) + count + 100);
  CHECK(input != NULL);
  memcpy(input, head, sizeof(head));
  size_t size = fuzz_put_program(s, sizeof(head), "fuzz.lua", code, count);
  int status = shim_start(s, size);
  for (int i = 0; status == SHIM_REQUEST && i < REQUESTS_MAX; i++) {
    status = shim_answer_scalar(s, SHIM_TAG_INTEGER, (uint64_t)i);
  }
  if (status == SHIM_FAILED) fuzz_walk_error(shim_output(s));
  shim_view posts = shim_posts(s);
  const uint8_t *next = posts.bytes, *end = next + posts.count;
  while (next < end) {
    fuzz_take(&next, end, 12);
    uint32_t values = fuzz_count(&next, end);
    for (uint32_t i = 0; i < values; i++) fuzz_walk(&next, end, 0);
  }
  fuzz_close(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  uint8_t *code = NULL;
  size_t count = 0;
  char *message = NULL;
  int line = 0, lines = 1;
  // Where the compiler reads past its end, the sanitizer is to see it.
  char *source = malloc(size > 0 ? size : 1);
  CHECK(source != NULL);
  memcpy(source, data, size);
  for (size_t i = 0; i < size; i++) lines += data[i] == '\n' || data[i] == '\r';
  int status = shim_compile(source, size, "@fuzz.lua", &code, &count, &message, &line);
  free(source);
  if (status == SHIM_COMPILED) {
    CHECK(code != NULL && message == NULL);
    run(code, count);
  } else {
    CHECK(code == NULL && line >= 0 && line <= lines);
    CHECK(status == SHIM_SYNTAX || status == SHIM_REFUSED || status == SHIM_EXHAUSTED);
    for (const char *c = message; c != NULL && *c != 0; c++) CHECK((unsigned char)*c >= 0x20);
  }
  free(code);
  free(message);
  return 0;
}
