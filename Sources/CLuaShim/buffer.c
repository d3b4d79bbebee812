// Growing blocks for the tapes.
#include "internal.h"

#include <stdlib.h>

uint8_t *buffer_room(shim_buffer *buffer, size_t size) {
  if (buffer->bytes == NULL || size > buffer->capacity - buffer->count) {
    if (size > SIZE_MAX / 4 - buffer->count) return NULL;
    size_t wanted = (buffer->count + size) * 2;
    if (wanted < 256) wanted = 256;
    uint8_t *bytes = realloc(buffer->bytes, wanted);
    if (bytes == NULL) return NULL;
    buffer->bytes = bytes;
    buffer->capacity = wanted;
  }
  uint8_t *place = buffer->bytes + buffer->count;
  buffer->count += size;
  return place;
}

int buffer_byte(shim_buffer *buffer, uint8_t byte) {
  uint8_t *place = buffer_room(buffer, 1);
  if (place == NULL) return 0;
  *place = byte;
  return 1;
}

int buffer_count(shim_buffer *buffer, size_t count) {
  uint8_t *place = buffer_room(buffer, 4);
  uint32_t word = count > UINT32_MAX ? UINT32_MAX : (uint32_t)count;
  if (place == NULL) return 0;
  memcpy(place, &word, 4);
  return 1;
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
