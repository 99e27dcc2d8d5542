// SPDX-License-Identifier: Apache-2.0
#include "text/speakable_fold.hpp"

#include "text/speakable_rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <utility>

#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

namespace parley::text {
namespace {

bool is_mark(char c) { return kClauseMarks.find(c) != std::string_view::npos; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_ascii_alphanumeric(char c) {
  return (c & 0x80) == 0 && std::isalnum(static_cast<unsigned char>(c)) != 0;
}
bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }

// Unicode characters that read as something else, in the order of their code points.
struct Replacement {
  char32_t from;
  std::string_view to;
};
constexpr std::array kReplacements{
    Replacement{U'\u00A0', " "},
    Replacement{U'\u00A2', " cents "},
    Replacement{U'\u00A3', "\x81"},
    Replacement{U'\u00A5', "\x82"},
    Replacement{U'\u00A7', " section "},
    Replacement{U'\u00A9', ""},
    Replacement{U'\u00AB', "\""},
    Replacement{U'\u00AD', ""},
    Replacement{U'\u00AE', ""},
    Replacement{U'\u00B0', "\x83"},
    Replacement{U'\u00B1', " plus or minus "},
    Replacement{U'\u00B2', "\x84"},
    Replacement{U'\u00B3', "\x85"},
    Replacement{U'\u00B4', "'"},
    Replacement{U'\u00B5', "\x8B"},
    Replacement{U'\u00B7', " "},
    Replacement{U'\u00BA', "\x83"},
    Replacement{U'\u00BB', "\""},
    Replacement{U'\u00BC', "\x89"},
    Replacement{U'\u00BD', "\x88"},
    Replacement{U'\u00BE', "\x8A"},
    Replacement{U'\u00D7', "\x86"},
    Replacement{U'\u00F7', " divided by "},
    Replacement{U'\u03BC', "\x8B"},
    Replacement{U'\u200B', ""},
    Replacement{U'\u200D', ""},
    Replacement{U'\u2010', "-"},
    Replacement{U'\u2011', "-"},
    Replacement{U'\u2018', "'"},
    Replacement{U'\u2019', "'"},
    Replacement{U'\u201A', "'"},
    Replacement{U'\u201C', "\""},
    Replacement{U'\u201D', "\""},
    Replacement{U'\u201E', "\""},
    Replacement{U'\u2026', "..."},
    Replacement{U'\u2032', "'"},
    Replacement{U'\u20AC', "\x80"},
    Replacement{U'\u20B9', " rupees "},
    Replacement{U'\u2103',
                "\x83"
                "C"},
    Replacement{U'\u2116', "#"},
    Replacement{U'\u2122', ""},
    Replacement{U'\u2192', " \x8E "},
    Replacement{U'\u2212', "-"},
    Replacement{U'\u2248', "~"},
    Replacement{U'\u2264', "\x8C"},
    Replacement{U'\u2265', "\x8D"},
    Replacement{U'\uFE0E', ""},
    Replacement{U'\uFE0F', ""},
};
static_assert(std::is_sorted(kReplacements.begin(), kReplacements.end(),
                             [](const Replacement& a, const Replacement& b) { return a.from < b.from; }));

// Takes markup away and every character to ASCII.
class Folder {
 public:
  explicit Folder(std::string_view source) : source_(source) {}

  FoldedText run() {
    begin_line();
    while (at_ < source_.size()) step();
    return std::move(folded_);
  }

 private:
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }
  char previous() const { return at_ > 0 ? source_[at_ - 1] : '\0'; }
  char last() const { return folded_.text.empty() ? ' ' : folded_.text.back(); }

  void put(std::string_view characters, std::size_t begin, std::size_t end) {
    for (const char c : characters) {
      folded_.text += c;
      folded_.from.push_back(static_cast<std::uint32_t>(begin));
      folded_.to.push_back(static_cast<std::uint32_t>(end));
    }
  }
  void take(std::string_view characters, std::size_t bytes) {
    put(characters, at_, at_ + bytes);
    at_ += bytes;
  }

  void skip(std::size_t bytes) { at_ += bytes; }

  // A mark after the last word, unless it has one: between clauses that no punctuation divides.
  void divide(char mark) {
    while (!folded_.text.empty() && folded_.text.back() == ' ') drop_last();
    if (folded_.text.empty() || is_mark(last())) return;
    const auto begin = folded_.from.back();
    const auto end = folded_.to.back();
    put(std::string_view(&mark, 1), begin, end);
  }
  void drop_last() {
    folded_.text.pop_back();
    folded_.from.pop_back();
    folded_.to.pop_back();
  }

  std::string_view line_at(std::size_t begin) const {
    const auto end = std::min(source_.find('\n', begin), source_.size());
    auto line = source_.substr(begin, end - begin);
    while (!line.empty() && is_space(line.front())) line.remove_prefix(1);
    while (!line.empty() && is_space(line.back())) line.remove_suffix(1);
    return line;
  }

  static bool is_ruler(std::string_view line) {
    return line.starts_with("```") || line.starts_with("~~~") ||
           (line.size() >= 3 && line.find_first_not_of("-=|:*_ ") == std::string_view::npos);
  }

  // Bytes of the marker of a heading, quotation or list item.
  static std::size_t marker(std::string_view line) {
    const auto hashes = std::min(line.find_first_not_of('#'), line.size());
    if (hashes > 0 && hashes <= 6 && hashes < line.size() && line[hashes] == ' ') return hashes + 1;
    if (line.starts_with('>') && line.size() > 1 && line[1] == ' ') return 2;
    const bool bullet =
        line.size() > 1 && line[1] == ' ' && std::string_view("-*+").find(line[0]) != std::string_view::npos;
    if (bullet) return 2;
    for (const std::string_view sign : {"• ", "▪ ", "◦ ", "● "}) {
      if (line.starts_with(sign)) return sign.size();
    }
    return 0;
  }

  // A line that is a clause of its own.
  static bool stands_alone(std::string_view line) {
    const auto digits = std::min(line.find_first_not_of("0123456789"), line.size());
    const bool numbered = digits > 0 && digits < 4 && digits + 1 < line.size() && line[digits + 1] == ' ' &&
                          (line[digits] == '.' || line[digits] == ')');
    return numbered || line.starts_with('|') || marker(line) > 0;
  }

  void begin_line() {
    while (true) {
      while (at_ < source_.size() && is_space(source_[at_])) ++at_;
      const auto line = line_at(at_);
      if (line.empty()) return;
      if (is_ruler(line)) {
        at_ = std::min(source_.find('\n', at_), source_.size());
        continue;
      }
      const std::size_t bytes = marker(line);
      set_apart_ |= stands_alone(line);
      at_ += bytes;
      if (bytes == 0) return;
    }
  }

  void end_line() {
    const auto next = line_at(at_ + 1);
    if (set_apart_ || next.empty() || stands_alone(next) || is_ruler(next)) divide('.');
    put(" ", at_, at_ + 1);
    set_apart_ = false;
    begin_line();
  }

  void step() {
    const char c = peek();
    if ((c & 0x80) != 0) return step_unicode();
    if (c == '\n') return end_line();
    if (!is_ascii_alphanumeric(previous()) && skip_address()) return;
    switch (c) {
      case '\\':
        return step_backslash();
      case '*':
        return step_star();
      case '`':
        return skip(1);
      case '~':
        return peek(1) == '~' ? skip(2) : take("~", 1);
      case '_':
        return is_ascii_alphanumeric(previous()) && is_ascii_alphanumeric(peek(1)) ? take(" ", 1) : skip(1);
      case '!':
        return peek(1) == '[' ? skip(1) : take("!", 1);
      case '[':
        return step_bracket();
      case ']':
        return step_link_target();
      case '<':
        return step_tag();
      case '&':
        return step_entity();
      case '|':
        divide(',');
        return take(" ", 1);
      default:
        return take(c < ' ' || c == 0x7F ? std::string_view(" ") : source_.substr(at_, 1), 1);
    }
  }

  // A mark that Markdown is told to leave alone.
  void step_backslash() {
    const bool escapes = std::ispunct(static_cast<unsigned char>(peek(1))) != 0;
    skip(1);
    if (escapes) take(is_mark(peek()) ? source_.substr(at_, 1) : " ", 1);
  }

  // "3 * 4", or emphasis.
  void step_star() {
    std::size_t before = at_;
    while (before > 0 && source_[before - 1] == ' ') --before;
    std::size_t after = at_ + 1;
    while (after < source_.size() && source_[after] == ' ') ++after;
    const bool product = before > 0 && is_ascii_digit(source_[before - 1]) && after < source_.size() &&
                         is_ascii_digit(source_[after]);
    if (!product) return skip(1);
    take(std::string_view(&symbol::kTimes, 1), 1);
  }

  // Drops the "[" of a link, all of a citation: "[3]", "[^note]".
  void step_bracket() {
    const auto close = source_.substr(at_, 64).find(']');
    if (close != std::string_view::npos && close > 1) {
      const auto inside = source_.substr(at_ + 1, close - 1);
      const bool note =
          inside[0] == '^' || inside.find_first_not_of("0123456789, ") == std::string_view::npos;
      if (note && peek(close + 1) != '(') return skip(close + 1);
    }
    ++at_;
  }

  void step_link_target() {
    ++at_;
    if (peek() != '(') return;
    const auto close = source_.substr(at_, 2000).find(')');
    if (close != std::string_view::npos) at_ += close + 1;
  }

  void step_tag() {
    constexpr std::array<std::string_view, 31> kTags{
        "a",  "b",  "i",   "u",   "p",   "br",  "em",  "strong", "code", "div", "span",
        "li", "ul", "ol",  "h1",  "h2",  "h3",  "h4",  "h5",     "h6",   "hr",  "td",
        "th", "tr", "pre", "img", "sup", "sub", "del", "table",  "small"};
    const auto close = source_.substr(at_, 300).find('>');
    if (close == std::string_view::npos) return take("<", 1);
    auto inside = source_.substr(at_ + 1, close - 1);
    if (inside.find("://") != std::string_view::npos) return skip(1);
    const bool ends = inside.starts_with('/');
    if (ends) inside.remove_prefix(1);
    const auto name = inside.substr(0, inside.find_first_of(" /"));
    if (std::find(kTags.begin(), kTags.end(), name) == kTags.end()) return take("<", 1);
    const bool inline_tag = name.size() == 1 && name != "p";
    put(inline_tag ? "" : " ", at_, at_ + close + 1);
    at_ += close + 1;
  }

  void step_entity() {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kEntities{{{"&amp;", "&"},
                                                                                      {"&lt;", "<"},
                                                                                      {"&gt;", ">"},
                                                                                      {"&quot;", "\""},
                                                                                      {"&#39;", "'"},
                                                                                      {"&apos;", "'"},
                                                                                      {"&nbsp;", " "},
                                                                                      {"&euro;", "\x80"}}};
    for (const auto& [written, character] : kEntities) {
      if (source_.substr(at_).starts_with(written)) return take(character, written.size());
    }
    take("&", 1);
  }

  // A web address is read as the name of its host.
  bool skip_address() {
    const auto rest = source_.substr(at_, 16);
    std::size_t scheme = 0;
    for (const std::string_view start : {"https://", "http://", "HTTPS://", "HTTP://"}) {
      if (rest.starts_with(start)) scheme = start.size();
    }
    if (scheme == 0 && !rest.starts_with("www.")) return false;
    auto end = std::min(source_.find_first_of(" \t\r\n<>\"'`)]|", at_), source_.size());
    while (end > at_ + scheme && is_mark(source_[end - 1])) --end;
    auto host = source_.substr(at_ + scheme, end - at_ - scheme);
    if (host.starts_with("www.")) host.remove_prefix(4);
    host = host.substr(0, host.find_first_of("/?#:"));
    std::string spoken;
    for (const char c : host)
      spoken += c == '.' ? std::string(" dot ") : std::string(1, is_ascii_alphanumeric(c) ? c : ' ');
    put(spoken, at_, end);
    at_ = end;
    return true;
  }

  void step_unicode() {
    const auto begin = at_;
    const UChar32 point = next_point();
    if (point < 0) return put(" ", begin, at_);
    const auto replacement =
        std::lower_bound(kReplacements.begin(), kReplacements.end(), static_cast<char32_t>(point),
                         [](const Replacement& row, char32_t value) { return row.from < value; });
    if (replacement != kReplacements.end() && replacement->from == static_cast<char32_t>(point)) {
      return put(replacement->to, begin, at_);
    }
    if (point == 0x2013) return step_en_dash(begin);
    if (point == 0x2014 || point == 0x2015) {
      divide(',');
      return put(" ", begin, at_);
    }
    if (u_isalpha(point)) return spell_letters(begin, point);
    const int digit = u_charDigitValue(point);
    if (digit >= 0) return put(std::string(1, static_cast<char>('0' + digit)), begin, at_);
    const auto kind = u_charType(point);
    const bool unseen = kind == U_NON_SPACING_MARK || kind == U_FORMAT_CHAR || kind == U_ENCLOSING_MARK;
    if (!unseen) put(" ", begin, at_);
  }

  UChar32 next_point() {
    auto index = static_cast<std::int32_t>(at_);
    UChar32 point = 0;
    U8_NEXT(reinterpret_cast<const std::uint8_t*>(source_.data()), index,
            static_cast<std::int32_t>(source_.size()), point);
    at_ = static_cast<std::size_t>(index);
    return point;
  }

  void step_en_dash(std::size_t begin) {
    if (is_ascii_digit(last()) && is_ascii_digit(peek())) {
      return put(std::string_view(&symbol::kRange, 1), begin, at_);
    }
    if (is_ascii_alphanumeric(last()) && is_ascii_alphanumeric(peek())) return put("-", begin, at_);
    if (is_ascii_digit(peek())) return put("-", begin, at_);
    divide(',');
    put(" ", begin, at_);
  }

  // Letters outside ASCII, as many as stand together, in the nearest Latin letters.
  void spell_letters(std::size_t begin, UChar32 first) {
    bool latin = u_getIntPropertyValue(first, UCHAR_SCRIPT) == USCRIPT_LATIN;
    while (at_ < source_.size() && (source_[at_] & 0x80) != 0) {
      const auto before = at_;
      const UChar32 point = next_point();
      const bool letter = point >= 0 && (u_isalpha(point) || u_charType(point) == U_NON_SPACING_MARK ||
                                         u_charType(point) == U_COMBINING_SPACING_MARK);
      if (!letter) {
        at_ = before;
        break;
      }
      latin = latin && u_getIntPropertyValue(point, UCHAR_SCRIPT) == USCRIPT_LATIN;
    }
    auto& transliterator = latin ? from_latin_ : from_any_;
    if (!transliterator) {
      UErrorCode status = U_ZERO_ERROR;
      transliterator.reset(icu::Transliterator::createInstance(
          latin ? "Latin-ASCII" : "Any-Latin; Latin-ASCII", UTRANS_FORWARD, status));
      if (U_FAILURE(status) || !transliterator) return put(" ", begin, at_);
    }
    const auto letters = source_.substr(begin, at_ - begin);
    auto unicode = icu::UnicodeString::fromUTF8({letters.data(), static_cast<std::int32_t>(letters.size())});
    transliterator->transliterate(unicode);
    std::string ascii;
    unicode.toUTF8String(ascii);
    std::erase_if(ascii, [](char c) { return (c & 0x80) != 0; });
    put(ascii, begin, at_);
  }

  std::string_view source_;
  std::size_t at_ = 0;
  bool set_apart_ = false;  // the present line is a heading or a list item
  FoldedText folded_;
  std::unique_ptr<icu::Transliterator> from_latin_;
  std::unique_ptr<icu::Transliterator> from_any_;
};

}  // namespace

FoldedText fold_for_speech(std::string_view utf8) { return Folder(utf8).run(); }

}  // namespace parley::text
