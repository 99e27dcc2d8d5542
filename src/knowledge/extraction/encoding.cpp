// SPDX-License-Identifier: Apache-2.0
#include "knowledge/extraction/encoding.hpp"

#include "text/words.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>

#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>
#include <unicode/unistr.h>

namespace parley::knowledge {

namespace {

constexpr std::size_t kGuessBytes = 65'536;
constexpr std::size_t kLeastGuessBytes = 64;
constexpr std::int32_t kSureConfidence = 40;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

// Nothing when ICU does not know the charset.
std::optional<std::string> convert(std::string_view bytes, const std::string& charset) {
  // As browsers do: pages that say Latin-1 mean Windows-1252.
  const std::string name = lower(charset);
  const bool latin = name == "iso-8859-1" || name == "latin1" || name == "us-ascii" || name == "ascii";
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, void (*)(UConverter*)> converter(
      ucnv_open(latin ? "windows-1252" : name.c_str(), &status), ucnv_close);
  if (U_FAILURE(status)) return std::nullopt;
  const icu::UnicodeString wide(bytes.data(), static_cast<std::int32_t>(bytes.size()), converter.get(),
                                status);
  if (U_FAILURE(status)) return std::nullopt;
  std::string out;
  wide.toUTF8String(out);
  return out;
}

std::optional<std::string> by_mark(std::string_view bytes) {
  struct Mark {
    std::string_view bytes;
    const char* charset;
  };
  using namespace std::string_view_literals;
  // UTF-32LE's mark begins with UTF-16LE's.
  static constexpr Mark kMarks[] = {{"\xff\xfe\0\0"sv, "utf-32le"},
                                    {"\0\0\xfe\xff"sv, "utf-32be"},
                                    {"\xff\xfe"sv, "utf-16le"},
                                    {"\xfe\xff"sv, "utf-16be"}};
  if (bytes.starts_with("\xef\xbb\xbf")) return text::to_valid_utf8(bytes.substr(3));
  for (const Mark& mark : kMarks) {
    if (bytes.starts_with(mark.bytes)) return convert(bytes.substr(mark.bytes.size()), mark.charset);
  }
  return std::nullopt;
}

// Western text in UTF-16 has a zero in every other byte.
const char* utf16_without_mark(std::string_view bytes) {
  if (bytes.size() < 4 || bytes.size() % 2 != 0) return nullptr;
  const std::string_view sample = bytes.substr(0, kGuessBytes);
  std::size_t zeros[2] = {0, 0};
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (sample[i] == '\0') ++zeros[i % 2];
  }
  const std::size_t many = sample.size() / 5;
  const std::size_t few = sample.size() / 50;
  if (zeros[1] > many && zeros[0] <= few) return "utf-16le";
  if (zeros[0] > many && zeros[1] <= few) return "utf-16be";
  return nullptr;
}

bool mostly_utf8(std::string_view bytes) {
  std::size_t good = 0;
  std::size_t bad = 0;
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const auto size = static_cast<std::int64_t>(bytes.size());
  for (std::int64_t i = 0; i < size;) {
    const std::int64_t from = i;
    UChar32 c = 0;
    U8_NEXT(data, i, size, c);
    if (c < 0) {
      ++bad;
    } else if (i - from > 1) {
      ++good;
    }
  }
  return good > bad;
}

std::string guess(std::string_view bytes) {
  std::string charset = "windows-1252";
  if (bytes.size() < kLeastGuessBytes) return charset;
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UCharsetDetector, void (*)(UCharsetDetector*)> detector(ucsdet_open(&status),
                                                                                ucsdet_close);
  const std::string_view sample = bytes.substr(0, kGuessBytes);
  ucsdet_setText(detector.get(), sample.data(), static_cast<std::int32_t>(sample.size()), &status);
  const UCharsetMatch* match = ucsdet_detect(detector.get(), &status);
  if (U_FAILURE(status) || match == nullptr) return charset;
  if (ucsdet_getConfidence(match, &status) < kSureConfidence) return charset;
  const char* name = ucsdet_getName(match, &status);
  return U_SUCCESS(status) && name != nullptr ? name : charset;
}

std::string decode(std::string_view bytes, std::string_view declared) {
  if (auto marked = by_mark(bytes)) return std::move(*marked);
  // A page that reached us as UTF-16 cannot have declared itself in ASCII.
  const bool wide = lower(declared).starts_with("utf-16");
  if (!declared.empty() && !wide) {
    if (auto converted = convert(bytes, std::string(declared))) return std::move(*converted);
  }
  if (const char* utf16 = utf16_without_mark(bytes)) {
    if (auto converted = convert(bytes, utf16)) return std::move(*converted);
  }
  if (text::is_valid_utf8(bytes)) return std::string(bytes);
  if (mostly_utf8(bytes)) return text::to_valid_utf8(bytes);
  if (auto converted = convert(bytes, guess(bytes))) return std::move(*converted);
  return text::to_valid_utf8(bytes);
}

bool is_text(std::string_view utf8) {
  std::size_t controls = 0;
  for (const char c : utf8) {
    if (c == '\0') return false;
    const auto byte = static_cast<unsigned char>(c);
    const bool layout = c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\x1b';
    if ((byte < 0x20 && !layout) || byte == 0x7f) ++controls;
  }
  return controls * 100 <= utf8.size();
}

std::string unix_lines(std::string text) {
  if (text.find('\r') == std::string::npos) return text;
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      out += text[i];
    } else if (i + 1 >= text.size() || text[i + 1] != '\n') {
      out += '\n';
    }
  }
  return out;
}

}  // namespace

std::optional<std::string> decode_text(std::string_view bytes, std::string_view declared_charset) {
  std::string text = decode(bytes, declared_charset);
  if (!is_text(text)) return std::nullopt;
  return unix_lines(std::move(text));
}

std::string html_charset(std::string_view bytes) {
  const std::string head = lower(bytes.substr(0, 2048));
  const std::size_t meta = head.find("<meta");
  if (meta == std::string::npos) return {};
  const std::size_t at = head.find("charset=", meta);
  if (at == std::string::npos) return {};
  std::size_t from = at + 8;
  while (from < head.size() && (head[from] == '"' || head[from] == '\'' || head[from] == ' ')) ++from;
  const std::size_t to = head.find_first_of("\"' ;/>\t\n", from);
  if (to == std::string::npos || to - from > 40) return {};
  return head.substr(from, to - from);
}

}  // namespace parley::knowledge
