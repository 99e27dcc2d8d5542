// SPDX-License-Identifier: Apache-2.0
#include "text/speakable_contacts.hpp"

#include "text/speakable_names.hpp"
#include "text/speakable_numbers.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace parley::text {
namespace {

using namespace ascii;

// ---- addresses

constexpr std::size_t kLongestLocalPart = 64;  // RFC 5321, 4.5.3.1.1
constexpr std::size_t kLongestSegment = 24;
constexpr std::size_t kMostSegments = 2;

bool is_local(char c) {
  return is_alphanumeric(c) || std::string_view("._%+-").find(c) != std::string_view::npos;
}
bool is_host(char c) { return is_alphanumeric(c) || c == '.' || c == '-'; }

// Letters as they are, digits apart from them, signs by name. Words that the rules would take for units or
// numerals are no danger: only digits and single letters have rules of their own.
std::string name_in_words(std::string_view name) {
  std::string words;
  char before = '\0';
  for (const char c : name) {
    const bool apart = is_digit(c) != is_digit(before) && is_alphanumeric(before);
    if (is_alphanumeric(c)) {
      words += (apart ? " " : "") + std::string(1, c);
    } else {
      words += c == '.'   ? " dot "
               : c == '-' ? " dash "
               : c == '_' ? " underscore "
               : c == '+' ? " plus "
               : c == '%' ? " percent "
                          : " ";
    }
    before = c;
  }
  return words;
}

// Country codes and the like are spelled: "dot co dot U K".
std::string host_in_words(std::string_view host) {
  const auto dot = host.rfind('.');
  if (dot == std::string_view::npos) return name_in_words(host);
  const std::string_view top = host.substr(dot + 1);
  const bool spelled =
      top.size() == 2 && top != "io" && top != "co" && top != "me" && top != "so" && all_letters(top);
  return name_in_words(host.substr(0, dot)) + " dot " + (spelled ? letters_apart(top) : std::string(top));
}

std::string path_in_words(std::string_view path) {
  std::string words;
  std::size_t segments = 0;
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    const auto segment = path.substr(0, end);
    const bool simple =
        std::ranges::all_of(segment, [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; });
    if (!simple || segment.size() > kLongestSegment || (!segment.empty() && ++segments > kMostSegments))
      return "";
    if (!segment.empty()) words += " slash " + name_in_words(segment);
    path.remove_prefix(end);
  }
  return words;
}

std::optional<SpokenAddress> read_web(std::string_view text) {
  std::size_t scheme = 0;
  const std::string start = lower(text.substr(0, 8));
  for (const std::string_view known : {"https://", "http://", "ftp://"}) {
    if (start.starts_with(known)) scheme = known.size();
  }
  if (scheme == 0 && !start.starts_with("www.")) return std::nullopt;
  auto end = std::min(text.find_first_of(" \t\r\n<>\"'`)]|*", 0), text.size());
  while (end > scheme && std::string_view(",.;:!?_").find(text[end - 1]) != std::string_view::npos) --end;
  std::string_view rest = text.substr(scheme, end - scheme);
  if (lower(rest.substr(0, 4)) == "www.") rest.remove_prefix(4);
  const auto host = rest.substr(0, rest.find_first_of("/?#:"));
  const auto path = rest.substr(host.size());
  const bool readable = path.starts_with('/');
  return SpokenAddress{end, host_in_words(host) + (readable ? path_in_words(path) : "")};
}

std::optional<SpokenAddress> read_mail(std::string_view text) {
  const std::size_t prefix = text.starts_with("mailto:") ? 7 : 0;
  std::size_t at = prefix;
  while (at < text.size() && at - prefix <= kLongestLocalPart && is_local(text[at])) ++at;
  if (at == prefix || at >= text.size() || text[at] != '@') return std::nullopt;
  const auto local = text.substr(prefix, at - prefix);
  if (!is_alphanumeric(local[0])) return std::nullopt;
  auto end = at + 1;
  while (end < text.size() && end - at < 255 && is_host(text[end])) ++end;
  while (end > at + 1 && !is_alphanumeric(text[end - 1])) --end;
  const auto host = text.substr(at + 1, end - at - 1);
  const auto dot = host.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || !all_letters(host.substr(dot + 1))) return std::nullopt;
  return SpokenAddress{end, name_in_words(local) + " at " + host_in_words(host)};
}

// ---- telephone numbers and codes

constexpr std::size_t kMostGroups = 6;

struct Groups {
  bool plus = false;
  std::vector<std::string_view> digits;
  std::size_t total = 0;
};

// Takes the groups of one token; false when it holds anything else.
bool add_groups(std::string_view core, bool first, Groups& groups) {
  if (first && core.starts_with('+')) groups.plus = true, core.remove_prefix(1);
  while (!core.empty()) {
    const auto end = std::min(core.find_first_not_of("0123456789"), core.size());
    if (end == 0) return false;
    groups.digits.push_back(core.substr(0, end));
    groups.total += end;
    core.remove_prefix(end);
    if (core.empty()) break;
    if (core[0] != '-' && core[0] != '.' && core[0] != ')') return false;
    core.remove_prefix(1);
    if (core.empty()) return false;
  }
  return true;
}

bool has_sizes(const Groups& groups, std::initializer_list<std::size_t> sizes) {
  return std::ranges::equal(groups.digits, sizes, {}, &std::string_view::size);
}

bool is_telephone(const Groups& groups, bool has_dash) {
  if (groups.digits.empty()) return false;
  if (groups.plus) return groups.total >= 8 && groups.total <= 15;
  if (has_sizes(groups, {3, 3, 4})) return true;
  if (has_sizes(groups, {1, 3, 3, 4})) return groups.digits[0] == "1";
  if (has_sizes(groups, {3, 4})) return has_dash;
  const bool date = has_sizes(groups, {2, 2, 4});
  if (has_dash && groups.digits.size() > 3 && groups.total > 8) return true;  // an ISBN, an account
  return groups.digits[0][0] == '0' && groups.digits[0].size() > 1 && groups.digits.size() > 1 &&
         groups.total >= 8 && groups.total <= 12 && !date;
}

std::string telephone_in_words(const Groups& groups) {
  std::string words = groups.plus ? "plus" : "";
  for (std::size_t i = 0; i < groups.digits.size(); ++i) {
    const auto digits = groups.digits[i];
    if (!words.empty()) words += i > 0 ? ", " : " ";
    const bool hundreds = digits.size() == 3 && digits[0] > '0' && digits.ends_with("00") &&
                          (i == 0 || (i == 1 && groups.digits[0] == "1")) && groups.digits.size() > 2;
    words += hundreds ? count_in_words(digits) : digits_in_words(digits);
  }
  return words;
}

// What is read digit by digit after "call", "PIN", "the code is".
bool is_code(const FoldedTokens& tokens, std::size_t index) {
  static constexpr auto kCalls =
      std::to_array<std::string_view>({"call", "dial", "phone", "telephone", "text", "ring"});
  static constexpr auto kCodes = std::to_array<std::string_view>(
      {"pin",      "code",   "zip",       "order",    "account",      "invoice",  "ticket",   "reference",
       "ref",      "id",     "case",      "tracking", "confirmation", "booking",  "postcode", "password",
       "passcode", "serial", "telephone", "phone",    "number",       "extension"});
  const std::string_view core = tokens[index].core;
  if (!all_digits(core) || core.size() < 3 || index == 0) return false;
  const FoldedToken* next = following(tokens, index);
  if (next != nullptr && std::ranges::all_of(next->core, is_lower) && !is_stop_word(next->core)) return false;
  if (std::ranges::find(kCalls, word_before(tokens, index)) != kCalls.end()) return true;
  std::size_t at = index;
  std::string before = word_before(tokens, at);
  const bool linked = before == "is" || before == "number" || before == "no";
  if (linked) before = word_before(tokens, --at);
  const bool known = std::ranges::find(kCodes, before) != kCodes.end();
  return known && (before != "number" || linked) &&
         (core.size() > 3 || core[0] == '0' || before == "extension");
}

// "flight 231", "room 204": three or four digits in pairs, "two thirty one", "two oh four".
std::optional<std::string> paired_digits(const FoldedTokens& tokens, std::size_t index) {
  static constexpr auto kNumbered = std::to_array<std::string_view>(
      {"flight", "room", "route", "highway", "interstate", "bus", "suite", "apartment", "train"});
  const std::string_view core = tokens[index].core;
  const bool fits = all_digits(core) && (core.size() == 3 || core.size() == 4) && core[0] != '0';
  if (!fits || core.ends_with("00") ||
      std::ranges::find(kNumbered, word_before(tokens, index)) == kNumbered.end()) {
    return std::nullopt;
  }
  const auto front = core.substr(0, core.size() - 2);
  const auto back = core.substr(core.size() - 2);
  return count_in_words(front) +
         (back[0] == '0' ? " oh " + count_in_words(back.substr(1)) : ' ' + count_in_words(back));
}

}  // namespace

std::optional<SpokenAddress> read_address(std::string_view text) {
  if (auto web = read_web(text)) return web;
  return read_mail(text);
}

std::optional<Reading> read_digits(const FoldedTokens& tokens, std::size_t index) {
  if (!is_digit(tokens[index].core[0]) && tokens[index].core[0] != '+') return std::nullopt;
  Groups groups;
  bool has_dash = false;
  std::optional<Reading> reading;
  for (std::size_t count = 0; count < kMostGroups && index + count < tokens.size(); ++count) {
    const FoldedToken& token = tokens[index + count];
    if (count > 0 && tokens[index + count - 1].mark != '\0' && !tokens[index + count - 1].closes_bracket)
      break;
    if (!add_groups(token.core, count == 0, groups)) break;
    has_dash |= token.core.find('-') != std::string::npos;
    if (is_telephone(groups, has_dash)) reading = Reading{telephone_in_words(groups), count + 1};
  }
  if (reading) return reading;
  if (auto pairs = paired_digits(tokens, index)) return Reading{std::move(*pairs)};
  if (is_code(tokens, index)) return Reading{digits_in_words(tokens[index].core)};
  return std::nullopt;
}

}  // namespace parley::text
