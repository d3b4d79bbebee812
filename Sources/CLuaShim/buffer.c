// Growing blocks for the tapes.
#include "internal.h"

#include <stdlib.h>

uint8_t *buffer_grow(shim_buffer *buffer, size_t size) {
  if (size > SIZE_MAX / 4 - buffer->count) return NULL;
  size_t wanted = (buffer->count + size) * 2;
  if (wanted < 256) wanted = 256;
  uint8_t *bytes = realloc(buffer->bytes, wanted);
  if (bytes == NULL) return NULL;
  buffer->bytes = bytes;
  buffer->capacity = wanted;
  uint8_t *place = bytes + buffer->count;
  buffer->count += size;
  return place;
}

void buffer_trim(shim_buffer *buffer) {
  enum { KEPT_MAX = 256 << 10 };
  buffer->count = 0;
  if (buffer->capacity <= KEPT_MAX) return;
  free(buffer->bytes);
  buffer->bytes = NULL;
  buffer->capacity = 0;
}

int buffer_text(shim_buffer *buffer, const char *text, size_t length) {
  uint8_t *place = length < UINT32_MAX ? buffer_room(buffer, 4 + length) : NULL;
  uint32_t word = (uint32_t)length;
  if (place == NULL) return 0;
  memcpy(place, &word, 4);
  if (length > 0) memcpy(place + 4, text, length);
  return 1;
}

int buffer_place(shim_buffer *buffer, shim_place place) {
  return buffer_count(buffer, place.chunk) && buffer_count(buffer, place.line);
}
