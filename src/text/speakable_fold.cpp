// SPDX-License-Identifier: Apache-2.0
#include "text/speakable_fold.hpp"

#include "text/speakable_characters.hpp"
#include "text/speakable_contacts.hpp"
#include "text/speakable_rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <utility>

#include <unicode/uchar.h>
#include <unicode/unistr.h>
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
    if (bullet) return line.starts_with("- [ ] ") || line.starts_with("- [x] ") ? 6 : 2;
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
    const bool product = peek(1) == '*' && between_numbers(at_, at_ + 1);
    skip(1);
    if (product) return take(std::string_view(&symbol::kTimes, 1), 1);
    if (escapes) return take(is_mark(peek()) ? source_.substr(at_, 1) : " ", 1);
    put(" ", at_ - 1, at_);  // "C:\\temp"
  }

  // Whether numbers, with or without spaces, stand before `first` and after `last`.
  bool between_numbers(std::size_t first, std::size_t last) const {
    while (first > 0 && source_[first - 1] == ' ') --first;
    ++last;
    while (last < source_.size() && source_[last] == ' ') ++last;
    return first > 0 && is_ascii_digit(source_[first - 1]) && last < source_.size() &&
           is_ascii_digit(source_[last]);
  }

  // "3 * 4", or emphasis.
  void step_star() {
    if (!between_numbers(at_, at_)) return skip(1);
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
    constexpr auto kInline =
        std::to_array<std::string_view>({"a", "b", "i", "u", "em", "strong", "code", "span", "sup", "sub",
                                         "del", "img", "small", "kbd", "mark", "font"});
    constexpr auto kBlocks = std::to_array<std::string_view>(
        {"p",  "br", "div", "li", "ul", "ol",  "h1",    "h2",    "h3",    "h4",     "h5",
         "h6", "hr", "td",  "th", "tr", "pre", "table", "tbody", "thead", "section"});
    if (source_.substr(at_).starts_with("<!--")) {
      const auto end = source_.substr(at_, 2000).find("-->");
      if (end != std::string_view::npos) return skip(end + 3);
    }
    const auto close = source_.substr(at_, 300).find('>');
    if (close == std::string_view::npos) return take("<", 1);
    auto inside = source_.substr(at_ + 1, close - 1);
    if (inside.starts_with("http") || inside.find('@') != std::string_view::npos)
      return skip(1);  // an address
    const bool ends = inside.starts_with('/');
    if (ends) inside.remove_prefix(1);
    const auto name = inside.substr(0, inside.find_first_of(" /"));
    const bool block = std::ranges::find(kBlocks, name) != kBlocks.end();
    if (!block && std::ranges::find(kInline, name) == kInline.end()) return take("<", 1);
    const bool cell = name == "td" || name == "th";
    if (block && ends) divide(cell ? ',' : '.');
    put(block ? " " : "", at_, at_ + close + 1);
    at_ += close + 1;
  }

  void step_entity() {
    const auto entity = parse_entity(source_.substr(at_));
    if (!entity) return take("&", 1);
    const auto begin = at_;
    at_ += entity->length;
    if (entity->point >= 0x80) return put_character(begin, static_cast<UChar32>(entity->point));
    const auto plain = static_cast<char>(entity->point);
    put(std::string_view(&plain, 1), begin, at_);
  }

  // Web and mail addresses are read as a whole, before Markdown's rules eat their signs.
  bool skip_address() {
    const auto address = read_address(source_.substr(at_));
    if (!address || address->length == 0) return false;
    put(address->words, at_, at_ + address->length);
    at_ += address->length;
    return true;
  }

  void step_unicode() {
    const auto begin = at_;
    const UChar32 point = next_point();
    if (point < 0) return put(" ", begin, at_);
    put_character(begin, point);
  }

  // The character whose bytes end at at_.
  void put_character(std::size_t begin, UChar32 point) {
    if (const auto words = character_in_words(static_cast<char32_t>(point))) return put(*words, begin, at_);
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
    // "10–20", "A–Z", "$5–$10", "9:30–10:15"
    const bool starts = is_ascii_alphanumeric(peek()) || peek() == '$' || (peek() & 0x80) != 0;
    const bool ends = is_ascii_alphanumeric(last()) || last() == '%';
    if (starts && ends) return put(std::string_view(&symbol::kRange, 1), begin, at_);
    if (last() == '.' && is_ascii_alphanumeric(peek())) {  // "8 a.m.–5 p.m.", "Mon.–Fri."
      put(" ", begin, at_);
      put(std::string_view(&symbol::kRange, 1), begin, at_);
      return put(" ", begin, at_);
    }
    if (is_ascii_digit(peek())) return put("-", begin, at_);
    if (peek() == ' ' && last() == ' ' && between_numbers(begin, at_ - 1)) {
      return put(std::string_view(&symbol::kRange, 1), begin, at_);
    }
    divide(',');
    put(" ", begin, at_);
  }

  // Letters outside ASCII, as many as stand together, in the nearest Latin letters.
  void spell_letters(std::size_t begin, UChar32 first) {
    bool latin = u_getIntPropertyValue(first, UCHAR_SCRIPT) == USCRIPT_LATIN;
    const bool alone =
        !is_ascii_alphanumeric(last()) && !is_ascii_alphanumeric(peek()) && (peek() & 0x80) == 0;
    if (alone && first == 0x3C0) return put(" pi ", begin, at_);
    if (source_[begin] == '&') {  // an entity: what follows is not part of it
      std::string character;
      icu::UnicodeString(first).toUTF8String(character);
      return put(letters_.spell(character, latin), begin, at_);
    }
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
    put(letters_.spell(source_.substr(begin, at_ - begin), latin), begin, at_);
  }

  std::string_view source_;
  std::size_t at_ = 0;
  bool set_apart_ = false;  // the present line is a heading or a list item
  FoldedText folded_;
  LatinLetters letters_;
};

}  // namespace

FoldedText fold_for_speech(std::string_view utf8) { return Folder(utf8).run(); }

}  // namespace parley::text
