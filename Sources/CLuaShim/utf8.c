// UTF-8 as Unicode has it: no surrogates, nothing past U+10FFFF, no longer forms than needed.
#include "internal.h"

// The length of the character at text, or 0 if there is none.
size_t utf8_character(const unsigned char *text, size_t left) {
  size_t length = *text < 0x80 ? 1 : *text < 0xC2 ? 0 : *text < 0xE0 ? 2 : *text < 0xF0 ? 3 : 4;
  if (length == 0 || *text > 0xF4 || length > left) return 0;
  for (size_t i = 1; i < length; i++) {
    if ((text[i] & 0xC0) != 0x80) return 0;
  }
  if (*text == 0xE0 && text[1] < 0xA0) return 0;
  if (*text == 0xED && text[1] > 0x9F) return 0;
  if (*text == 0xF0 && text[1] < 0x90) return 0;
  if (*text == 0xF4 && text[1] > 0x8F) return 0;
  return length;
}

static int is_ascii(const char *text, size_t length) {
  static const uint64_t high = 0x8080808080808080u;
  uint64_t word, all = 0;
  if (length < sizeof(word)) {
    for (size_t i = 0; i < length; i++) all |= (unsigned char)text[i];
    return (all & 0x80) == 0;
  }
  for (size_t i = 0; i + sizeof(word) <= length && (all & high) == 0; i += sizeof(word)) {
    memcpy(&word, text + i, sizeof(word));
    all |= word;
  }
  memcpy(&word, text + length - sizeof(word), sizeof(word));
  return ((all | word) & high) == 0;
}

int utf8_is_sound(const char *text, size_t length) {
  if (is_ascii(text, length)) return 1;
  const unsigned char *next = (const unsigned char *)text;
  while (length > 0) {
    uint64_t word;
    while (length >= 8 && (memcpy(&word, next, 8), (word & 0x8080808080808080u) == 0)) {
      next += 8;
      length -= 8;
    }
    while (length > 0 && *next < 0x80) {
      next += 1;
      length -= 1;
    }
    if (length == 0) break;
    size_t size = utf8_character(next, length);
    if (size == 0) return 0;
    next += size;
    length -= size;
  }
  return 1;
}
