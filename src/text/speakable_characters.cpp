// SPDX-License-Identifier: Apache-2.0
#include "text/speakable_characters.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <unicode/translit.h>

namespace parley::text {
namespace {

struct Replacement {
  char32_t from;
  std::string_view to;
};
// In the order of their code points.
constexpr auto kReplacements = std::to_array<Replacement>({
    {U'\u00A0', " "},
    {U'\u00A2', "\x92"},
    {U'\u00A3', "\x81"},
    {U'\u00A5', "\x82"},
    {U'\u00A7', " section "},
    {U'\u00A9', " copyright "},
    {U'\u00AB', "\""},
    {U'\u00AD', ""},
    {U'\u00AE', ""},
    {U'\u00B0', "\x83"},
    {U'\u00B1', " plus or minus "},
    {U'\u00B2', "\x84"},
    {U'\u00B3', "\x85"},
    {U'\u00B4', "'"},
    {U'\u00B5', "\x8B"},
    {U'\u00B7', " "},
    {U'\u00BA', "\x83"},
    {U'\u00BB', "\""},
    {U'\u00BC', "\x89"},
    {U'\u00BD', "\x88"},
    {U'\u00BE', "\x8A"},
    {U'\u00D7', "\x86"},
    {U'\u00F7', " divided by "},
    {U'\u03BC', "\x8B"},
    {U'\u200B', ""},
    {U'\u200D', ""},
    {U'\u2010', "-"},
    {U'\u2011', "-"},
    {U'\u2018', "'"},
    {U'\u2019', "'"},
    {U'\u201A', "'"},
    {U'\u201C', "\""},
    {U'\u201D', "\""},
    {U'\u201E', "\""},
    {U'\u2026', "..."},
    {U'\u202F', " "},
    {U'\u2030', "\x91"},
    {U'\u2032', "'"},
    {U'\u2033', "\""},
    {U'\u2070', "^0"},
    {U'\u2074', "^4"},
    {U'\u2075', "^5"},
    {U'\u2076', "^6"},
    {U'\u2077', "^7"},
    {U'\u2078', "^8"},
    {U'\u2079', "^9"},
    {U'\u207B', "^-"},
    {U'\u2080', "0"},
    {U'\u2081', "1"},
    {U'\u2082', "2"},
    {U'\u2083', "3"},
    {U'\u2084', "4"},
    {U'\u2085', "5"},
    {U'\u2086', "6"},
    {U'\u2087', "7"},
    {U'\u2088', "8"},
    {U'\u2089', "9"},
    {U'\u20A9', "\x94"},
    {U'\u20AA', "\x99"},
    {U'\u20AC', "\x80"},
    {U'\u20B4', "\x97"},
    {U'\u20B9', "\x93"},
    {U'\u20BA', "\x98"},
    {U'\u20BD', "\x96"},
    {U'\u20BF', "\x95"},
    {U'\u2103',
     "\x83"
     "C"},
    {U'\u2109',
     "\x83"
     "F"},
    {U'\u2116', "#"},
    {U'\u2122', ""},
    {U'\u2126', " ohms "},
    {U'\u2153', "\x8F"},
    {U'\u2154', "\x90"},
    {U'\u2155', " 1/5"},
    {U'\u2156', " 2/5"},
    {U'\u2157', " 3/5"},
    {U'\u2158', " 4/5"},
    {U'\u2159', " 1/6"},
    {U'\u215A', " 5/6"},
    {U'\u215B', " 1/8"},
    {U'\u215C', " 3/8"},
    {U'\u215D', " 5/8"},
    {U'\u215E', " 7/8"},
    {U'\u2190', " \x8E "},
    {U'\u2192', " \x8E "},
    {U'\u21D2', " \x8E "},
    {U'\u2208', " in "},
    {U'\u2211', " sum "},
    {U'\u2212', "-"},
    {U'\u221A', " square root of "},
    {U'\u221E', " infinity "},
    {U'\u2248', "~"},
    {U'\u2260', " \x9A "},
    {U'\u2264', "\x8C"},
    {U'\u2265', "\x8D"},
    {U'\uFE0E', ""},
    {U'\uFE0F', ""},
});
static_assert(std::ranges::is_sorted(kReplacements, {}, &Replacement::from));

// https://html.spec.whatwg.org/multipage/named-characters.html: those that prose has.
constexpr auto kEntities = std::to_array<std::pair<std::string_view, char32_t>>({
    {"amp", U'&'},         {"lt", U'<'},          {"gt", U'>'},          {"quot", U'"'},
    {"apos", U'\''},       {"nbsp", U'\u00A0'},   {"cent", U'\u00A2'},   {"pound", U'\u00A3'},
    {"yen", U'\u00A5'},    {"sect", U'\u00A7'},   {"copy", U'\u00A9'},   {"laquo", U'\u00AB'},
    {"shy", U'\u00AD'},    {"reg", U'\u00AE'},    {"deg", U'\u00B0'},    {"plusmn", U'\u00B1'},
    {"sup2", U'\u00B2'},   {"sup3", U'\u00B3'},   {"micro", U'\u00B5'},  {"middot", U'\u00B7'},
    {"raquo", U'\u00BB'},  {"frac14", U'\u00BC'}, {"frac12", U'\u00BD'}, {"frac34", U'\u00BE'},
    {"times", U'\u00D7'},  {"divide", U'\u00F7'}, {"Auml", U'\u00C4'},   {"Ouml", U'\u00D6'},
    {"Uuml", U'\u00DC'},   {"szlig", U'\u00DF'},  {"agrave", U'\u00E0'}, {"aacute", U'\u00E1'},
    {"acirc", U'\u00E2'},  {"atilde", U'\u00E3'}, {"auml", U'\u00E4'},   {"aring", U'\u00E5'},
    {"ccedil", U'\u00E7'}, {"egrave", U'\u00E8'}, {"eacute", U'\u00E9'}, {"ecirc", U'\u00EA'},
    {"euml", U'\u00EB'},   {"iacute", U'\u00ED'}, {"icirc", U'\u00EE'},  {"iuml", U'\u00EF'},
    {"ntilde", U'\u00F1'}, {"oacute", U'\u00F3'}, {"ocirc", U'\u00F4'},  {"ouml", U'\u00F6'},
    {"oslash", U'\u00F8'}, {"ugrave", U'\u00F9'}, {"uacute", U'\u00FA'}, {"uuml", U'\u00FC'},
    {"pi", U'\u03C0'},     {"ndash", U'\u2013'},  {"mdash", U'\u2014'},  {"lsquo", U'\u2018'},
    {"rsquo", U'\u2019'},  {"ldquo", U'\u201C'},  {"rdquo", U'\u201D'},  {"bull", U'\u2022'},
    {"hellip", U'\u2026'}, {"permil", U'\u2030'}, {"prime", U'\u2032'},  {"Prime", U'\u2033'},
    {"euro", U'\u20AC'},   {"trade", U'\u2122'},  {"larr", U'\u2190'},   {"rarr", U'\u2192'},
    {"rArr", U'\u21D2'},   {"minus", U'\u2212'},  {"infin", U'\u221E'},  {"asymp", U'\u2248'},
    {"ne", U'\u2260'},     {"le", U'\u2264'},     {"ge", U'\u2265'},
});

constexpr std::size_t kLongestEntity = 10;

}  // namespace

std::optional<std::string_view> character_in_words(char32_t point) {
  const auto found = std::ranges::lower_bound(kReplacements, point, {}, &Replacement::from);
  if (found == kReplacements.end() || found->from != point) return std::nullopt;
  return found->to;
}

std::optional<Entity> parse_entity(std::string_view text) {
  const auto end = text.substr(0, kLongestEntity).find(';');
  if (!text.starts_with('&') || end == std::string_view::npos || end < 3) return std::nullopt;
  auto name = text.substr(1, end - 1);
  if (name[0] == '#') {
    name.remove_prefix(1);
    const bool hex = name.starts_with('x') || name.starts_with('X');
    if (hex) name.remove_prefix(1);
    std::uint32_t point = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), point, hex ? 16 : 10);
    const bool whole = !name.empty() && parsed.ec == std::errc() && parsed.ptr == name.data() + name.size();
    const bool valid = point >= 0x20 && point < 0x110000 && (point < 0xD800 || point > 0xDFFF);
    if (!whole || !valid) return std::nullopt;
    return Entity{point, end + 1};
  }
  const auto* found = std::ranges::find(kEntities, name, &std::pair<std::string_view, char32_t>::first);
  if (found == kEntities.end()) return std::nullopt;
  return Entity{found->second, end + 1};
}

struct LatinLetters::Rules {
  std::unique_ptr<icu::Transliterator> from_latin;
  std::unique_ptr<icu::Transliterator> from_any;
};

LatinLetters::LatinLetters() : rules_(std::make_unique<Rules>()) {}
LatinLetters::~LatinLetters() = default;

std::string LatinLetters::spell(std::string_view letters, bool latin) {
  auto& rules = latin ? rules_->from_latin : rules_->from_any;
  if (!rules) {
    UErrorCode status = U_ZERO_ERROR;
    rules.reset(icu::Transliterator::createInstance(latin ? "Latin-ASCII" : "Any-Latin; Latin-ASCII",
                                                    UTRANS_FORWARD, status));
    if (U_FAILURE(status) || !rules) return {};
  }
  auto unicode = icu::UnicodeString::fromUTF8({letters.data(), static_cast<std::int32_t>(letters.size())});
  rules->transliterate(unicode);
  std::string ascii;
  unicode.toUTF8String(ascii);
  std::erase_if(ascii, [](char c) { return (c & 0x80) != 0; });
  return ascii;
}

}  // namespace parley::text
