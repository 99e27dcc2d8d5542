// SPDX-License-Identifier: Apache-2.0
#include "text/speakable_names.hpp"

#include "text/numbers.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace parley::text {
namespace {

using namespace ascii;

template <std::size_t N>
bool one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, word) != words.end();
}

// ---- Roman numerals

// 1 to 89, written as it should be; 0 for anything else.
int roman_value(std::string_view text) {
  static constexpr auto kUnits =
      std::to_array<std::string_view>({"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"});
  int value = 0;
  if (text.starts_with("XL")) {
    value = 40;
    text.remove_prefix(2);
  } else {
    if (text.starts_with('L')) value = 50, text.remove_prefix(1);
    for (int tens = 0; tens < 3 && text.starts_with('X'); ++tens) value += 10, text.remove_prefix(1);
  }
  const auto unit = std::ranges::find(kUnits, text);
  return unit == kUnits.end() ? 0 : value + static_cast<int>(unit - kUnits.begin());
}

constexpr auto kRulers = std::to_array<std::string_view>(
    {"henry",     "louis",     "elizabeth", "george",    "charles", "edward",   "james",    "richard",
     "william",   "philip",    "pius",      "paul",      "john",    "benedict", "napoleon", "catherine",
     "frederick", "peter",     "nicholas",  "alexander", "mary",    "leo",      "gregory",  "urban",
     "innocent",  "clement",   "francis",   "ferdinand", "ivan",    "otto",     "rudolf",   "leopold",
     "albert",    "christian", "gustav",    "harald",    "carl",    "felipe",   "ramses",   "ptolemy",
     "darius",    "xerxes",    "robert",    "david",     "malcolm", "joseph",   "wilhelm",  "margrethe",
     "haakon",    "olav",      "amenhotep", "thutmose",  "victor",  "umberto"});

constexpr auto kNumbered = std::to_array<std::string_view>(
    {"chapter", "part",     "section",  "volume",  "book",    "act",     "scene",      "phase",    "type",
     "title",   "appendix", "article",  "level",   "figure",  "table",   "class",      "stage",    "war",
     "bowl",    "grade",    "schedule", "annex",   "unit",    "world",   "mark",       "division", "group",
     "tier",    "category", "lesson",   "module",  "canto",   "psalm",   "step",       "apollo",   "rocky",
     "episode", "season",   "round",    "exhibit", "theorem", "edition", "generation", "gen"});

// ---- capitals

// Read as words although they are in capitals and short.
constexpr auto kSpokenAcronyms = std::to_array<std::string_view>(
    {"RAM",     "ROM",  "PIN",   "SIM",    "LAN",   "WAN",    "ZIP",   "GIF",  "CAD",  "JPEG",
     "AIDS",    "SWAT", "SCUBA", "LASER",  "RADAR", "NASDAQ", "COVID", "SARS", "MERS", "YAML",
     "CAPTCHA", "NASA", "NATO",  "LIDAR",  "SONAR", "WIFI",   "JSON",  "OPEC", "IKEA", "UEFA",
     "FIFA",    "JAVA", "LINUX", "PYTHON", "SOAP",  "REST",   "CRUD",  "BIOS", "DOS",  "LED"});

// Ordinary words in capitals, which stop words do not hold.
constexpr auto kShouted = std::to_array<std::string_view>(
    {"ADD",  "ALSO", "ASK",  "BAD",  "BEST", "BIG",   "BOX",   "BUY",   "CALL", "CAR",   "CASH",  "CITY",
     "CODE", "COLD", "DATA", "DATE", "DAY",  "DAYS",  "DONE",  "DOOR",  "EAST", "EASY",  "END",   "ERROR",
     "EVER", "EXIT", "FAIL", "FAST", "FILE", "FIND",  "FIRE",  "FIRST", "FREE", "FULL",  "FUN",   "GAME",
     "GOOD", "HARD", "HELP", "HIGH", "HOME", "HOT",   "HOUR",  "JOB",   "KEEP", "KEY",   "LAST",  "LATE",
     "LEFT", "LIFE", "LINE", "LIST", "LIVE", "LONG",  "LOOK",  "LOVE",  "LOW",  "MADE",  "MAIN",  "MAKE",
     "MAX",  "MEN",  "MIN",  "MODE", "MUST", "NAME",  "NEVER", "NEW",   "NEWS", "NEXT",  "NORTH", "NOTE",
     "OLD",  "ONE",  "OPEN", "PAGE", "PART", "PASS",  "PATH",  "PLAY",  "POST", "PULL",  "PUSH",  "PUT",
     "READ", "RED",  "REAL", "RULE", "RUN",  "SAFE",  "SALE",  "SAVE",  "SEA",  "SEE",   "SET",   "SHOP",
     "SIZE", "SKIP", "SLOW", "SOLD", "SOON", "SOUTH", "STAR",  "START", "STAY", "STEP",  "STOP",  "TAKE",
     "TEAM", "TEST", "TEXT", "TIME", "TIP",  "TODAY", "TOP",   "TRUE",  "TRY",  "TURN",  "TWO",   "TYPE",
     "USE",  "USER", "WAIT", "WALK", "WANT", "WAR",   "WARM",  "WAY",   "WEEK", "WEST",  "WIN",   "WORD",
     "WORK", "YEAR", "YES",  "ZERO", "ZONE", "ROOM",  "SIGN",  "NO",    "GO",   "FALSE", "NULL",  "NONE",
     "FOUR", "FIVE", "SIX",  "NINE", "TEN",  "WHITE", "BLACK", "BLUE",  "GREEN"});

// Read letter by letter although they could be words.
constexpr auto kSpelled = std::to_array<std::string_view>(
    {"USA",  "EU",   "UN",   "UK",   "US",  "IT",  "AI",  "ID",  "OK",   "TV",   "FAQ", "ASAP", "USDA",
     "NCAA", "ACLU", "UCLA", "HIV",  "IRS", "ATM", "EOF", "IOS", "IDE",  "AWOL", "ISO", "API",  "GUI",
     "CEO",  "CFO",  "CTO",  "COO",  "CIO", "DIY", "ETA", "FYI", "RSVP", "AKA",  "AM",  "PM",   "IEEE",
     "ICU",  "MIA",  "OECD", "YMCA", "UFO", "VIP", "AC",  "DC",  "HR",   "PR",   "QA",  "EUR",  "USD",
     "VAT",  "NGO",  "CIA",  "MIT",  "WHO", "USB", "URL", "CPU", "GPU"});

bool is_vowel(char c) { return std::string_view("AEIOUY").find(c) != std::string_view::npos; }

// Whether letters have the look of a word: vowels, no clusters that English does not begin or end with.
bool pronounceable(std::string_view letters) {
  static constexpr auto kOnsets = std::to_array<std::string_view>(
      {"BL", "BR", "CH", "CL", "CR", "DR", "FL", "FR", "GL", "GR", "PH", "PL", "PR", "QU", "SC",
       "SH", "SK", "SL", "SM", "SN", "SP", "ST", "SW", "TH", "TR", "TW", "WH", "WR", "KN"});
  static constexpr auto kEnds =
      std::to_array<std::string_view>({"CK", "CT", "FT", "LD", "LF", "LK", "LL", "LP", "LT", "MP", "ND", "NG",
                                       "NK", "NT", "PT", "RD", "RK", "RL", "RM", "RN", "RP", "RT", "SH", "SK",
                                       "SP", "SS", "ST", "TH", "CH", "NS", "RS", "TS", "LS", "KS", "FF"});
  std::size_t run = 0;
  std::size_t vowels = 0;
  for (const char c : letters) {
    run = is_vowel(c) ? 0 : run + 1;
    vowels += is_vowel(c) ? 1 : 0;
    if (run > 2) return false;
  }
  if (vowels == 0 || vowels == letters.size()) return false;
  if (!is_vowel(letters[0]) && !is_vowel(letters[1]) && !one_of(letters.substr(0, 2), kOnsets)) return false;
  return run < 2 || one_of(letters.substr(letters.size() - 2), kEnds);
}

bool is_word(std::string_view letters) {
  if (one_of(letters, kSpelled)) return false;
  if (one_of(letters, kSpokenAcronyms) || one_of(letters, kShouted)) return true;
  if (letters.size() > 1 && letters != "AM" && is_stop_word(lower(letters))) return true;
  if (letters.size() < 4) return false;
  return pronounceable(letters) || (letters.size() > 5 && std::ranges::any_of(letters, is_vowel));
}

bool all_upper(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_upper); }

// In a line of capitals they say nothing: three words in a row, one of them at least that is not an acronym.
bool shouting(const FoldedTokens& tokens, std::size_t index) {
  std::size_t first = index;
  while (first > 0 && all_upper(tokens[first - 1].core)) --first;
  std::size_t words = 0;
  std::size_t plain = 0;
  for (std::size_t at = first; at < tokens.size() && at < first + 20 && all_upper(tokens[at].core); ++at) {
    ++words;
    plain += tokens[at].core.size() > 1 && is_word(tokens[at].core) ? 1 : 0;
  }
  return words >= 3 && plain * 2 >= words;
}

}  // namespace

std::optional<Reading> read_roman(const FoldedTokens& tokens, std::size_t index) {
  const std::string_view core = tokens[index].core;
  if (core == "WWII" || core == "WWI") return Reading{core == "WWI" ? "World War one" : "World War two"};
  const int value = roman_value(core);
  if (value == 0) return std::nullopt;
  const FoldedToken* next = following(tokens, index);
  if (core.size() > 1 && next != nullptr && (next->core == "century" || next->core == "dynasty")) {
    return Reading{ordinal_words(value)};
  }
  if (index == 0) return std::nullopt;
  const std::string before = word_before(tokens, index);
  static constexpr auto kShort =
      std::to_array<std::string_view>({"vol", "ch", "sec", "fig", "art", "tab", "pt", "no"});
  const char mark = tokens[index - 1].mark;
  if (mark == '.' && core.size() > 1 && one_of(before, kShort)) return Reading{number_words(value)};
  if (mark != '\0') return std::nullopt;
  const bool capital = is_upper(tokens[index - 1].core[0]);
  if (capital && one_of(before, kRulers)) {
    // "George I met" is no king.
    if (value == 1 && next != nullptr) return std::nullopt;
    return Reading{"the " + ordinal_words(value)};
  }
  if (one_of(before, kNumbered) && (capital || value > 1)) return Reading{number_words(value)};
  // "Final Fantasy VII": behind a name, where it is no acronym.
  const bool named = capital && is_lower(tokens[index - 1].core.back()) && !is_stop_word(before);
  const bool telling = core.size() > 1 && core.find('I') != std::string_view::npos;
  return named && telling && index > 1 ? std::optional(Reading{number_words(value)}) : std::nullopt;
}

std::string letters_apart(std::string_view letters) {
  std::string words;
  for (const char c : letters) {
    if (!words.empty()) words += ' ';
    words += is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return words;
}

std::string capitals_in_words(std::string_view letters) {
  if (letters.size() < 2 || is_word(letters)) return std::string(letters);
  return letters_apart(letters);
}

std::optional<Reading> read_capitals(const FoldedTokens& tokens, std::size_t index) {
  std::string_view core = tokens[index].core;
  std::string_view ending;
  if (core.ends_with("'s")) {
    ending = "'s";
  } else if (core.size() > 2 && core.ends_with('s') && is_upper(core[core.size() - 2])) {
    ending = "s";
  }
  core.remove_suffix(ending.size());
  if (core.size() < 2 || !all_upper(core)) return std::nullopt;
  const bool vowels = std::ranges::any_of(core, is_vowel);
  if (is_word(core) || (ending.empty() && vowels && shouting(tokens, index))) {
    return Reading{std::string(core) + std::string(ending)};
  }
  // A voice takes "Fs" for a sound and "F's" for the letter.
  return Reading{letters_apart(core) + (ending.empty() ? "" : "'s")};
}

}  // namespace parley::text
