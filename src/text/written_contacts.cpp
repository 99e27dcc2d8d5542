// SPDX-License-Identifier: Apache-2.0
#include "text/written_contacts.hpp"

#include "text/words.hpp"
#include "text/written_names.hpp"
#include "text/written_numbers.hpp"

#include <array>
#include <string>
#include <utility>

namespace parley::text {
namespace {

// ---- addresses

constexpr auto kTopDomains = word_set(
    {"com", "org", "net", "edu", "gov", "io", "info", "biz", "dev",    "app",  "co",    "uk",   "de",  "fr",
     "eu",  "us",  "ca",  "au",  "nz",  "ch", "at",   "it",  "es",     "nl",   "be",    "se",   "no",  "dk",
     "fi",  "pl",  "jp",  "ai",  "tv",  "me", "in",   "ie",  "online", "shop", "store", "tech", "site"});

bool all_of(std::string_view word, bool (*accepts)(char)) {
  return !word.empty() && std::ranges::all_of(word, accepts);
}
bool is_name_char(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

std::string_view joint(std::string_view word) {
  if (word == "dot") return ".";
  if (word == "underscore") return "_";
  if (word == "dash" || word == "hyphen") return "-";
  return "";
}

// One part of an address: a word, letters one by one, and the digits behind it.
std::string atom_at(const SaidWords& said, std::size_t& index) {
  std::string atom;
  const auto word = said[index];
  if (!all_of(word, is_name_char) || !joint(word).empty()) return atom;
  if (word.size() == 1) {
    while (said[index].size() == 1 && said[index] >= "a" && said[index] <= "z") atom += said[index++];
  } else {
    const auto number = small_number_at(said, index);
    if (!number) atom = word, ++index;
  }
  while (true) {
    const auto number = small_number_at(said, index);
    if (!number || number->ordinal) return atom;
    atom += std::to_string(number->value);
    index = number->end;
  }
}

// "example dot com", "mail dot example dot co dot uk". `words`: how many words the first part may have.
std::optional<Writing> host_at(const SaidWords& said, std::size_t index, std::size_t words) {
  std::string text;
  std::size_t at = index;
  if (said[at] == "www" && said[at + 1] == "dot") text = "www.", at += 2;
  std::string last;
  std::size_t parts = 0;
  std::optional<Writing> found;
  while (true) {
    std::string atom = atom_at(said, at);
    for (std::size_t more = 1; parts == 0 && more < words && !atom.empty() && joint(said[at]).empty();
         ++more) {
      atom += atom_at(said, at);
    }
    if (atom.empty()) return found;
    text += atom;
    ++parts;
    if (parts > 1 && text[text.size() - atom.size() - 1] == '.' && kTopDomains.contains(atom))
      found = Writing{text, at, true};
    const auto sign = joint(said[at]);
    if (sign.empty() || sign == "_") return found;
    text += sign;
    ++at;
  }
}

// "slash help slash faq" behind a host.
void add_path(const SaidWords& said, Writing& address) {
  while (said[address.end] == "slash") {
    std::size_t at = address.end + 1;
    std::string segment = atom_at(said, at);
    while (!segment.empty() && !joint(said[at]).empty()) {
      std::size_t next = at + 1;
      const std::string more = atom_at(said, next);
      if (more.empty()) break;
      segment += std::string(joint(said[at])) + more;
      at = next;
    }
    if (segment.empty()) return;
    address.text += '/' + segment;
    address.end = at;
  }
}

bool is_mailbox(const SaidWords& said, std::size_t index, std::string_view local) {
  static constexpr auto kMailboxes =
      word_set({"info",     "support",    "sales",     "help",      "contact",  "office",   "hello",
                "admin",    "press",      "jobs",      "careers",   "service",  "billing",  "team",
                "accounts", "orders",     "returns",   "privacy",   "security", "feedback", "news",
                "noreply",  "newsletter", "webmaster", "enquiries", "booking",  "bookings", "hr"});
  static constexpr auto kCues = word_set({"email", "mail", "e-mail", "write", "contact", "address", "send",
                                          "message", "emailed", "wrote", "reach"});
  if (kMailboxes.contains(local)) return true;
  if (is_stop_word(local)) return false;
  for (std::size_t back = 1; back <= 5; ++back) {
    if (kCues.contains(said.before(index, back))) return true;
  }
  return false;
}

std::optional<Writing> mail_at(const SaidWords& said, std::size_t index) {
  std::size_t at = index;
  std::string local = atom_at(said, at);
  if (local.empty()) return std::nullopt;
  bool joined = local.find_first_of("0123456789") != std::string::npos;
  while (said[at] != "at") {
    const auto sign = joint(said[at]);
    if (sign.empty() && said[at] != "plus") return std::nullopt;
    const std::string_view mark = sign.empty() ? "+" : sign;
    ++at;
    const std::string atom = atom_at(said, at);
    if (atom.empty()) return std::nullopt;
    local += std::string(mark) + atom;
    joined = true;
  }
  if (!joined && !is_mailbox(said, index, local)) return std::nullopt;
  auto host = host_at(said, at + 1, 2);
  if (!host) return std::nullopt;
  host->text = local + '@' + host->text;
  return host;
}

// ---- digits one by one

struct Run {
  std::string digits;
  std::size_t end = 0;
  std::size_t singles = 0;  // how many came one by one
};

// "five five five", "double eight", "oh two oh", and two at a time once three came one by one.
Run run_at(const SaidWords& said, std::size_t index) {
  Run run{"", index, 0};
  while (true) {
    const auto word = said[run.end];
    const std::size_t times = word == "double" ? 2 : word == "triple" ? 3 : 1;
    const int digit = digit_of(said[run.end + (times > 1 ? 1 : 0)]);
    if (digit >= 0) {
      run.digits.append(times, static_cast<char>('0' + digit));
      run.singles += times;
      run.end += times > 1 ? 2 : 1;
      continue;
    }
    const auto two = run.singles >= 3 ? small_number_at(said, run.end) : std::nullopt;
    if (!two || two->ordinal || two->value < 10) return run;
    // "nine nine nine twenty people": only where digits go on.
    const auto after = small_number_at(said, two->end);
    const bool goes_on =
        run.digits.size() + 2 == 7 || run.digits.size() + 2 == 10 || (after && !after->ordinal);
    if (!goes_on) return run;
    run.digits += std::to_string(two->value);
    run.end = two->end;
  }
}

std::string telephone(const std::string& digits) {
  const auto part = [&](std::size_t from, std::size_t count) { return digits.substr(from, count); };
  if (digits.size() == 7 && digits[0] != '0') return part(0, 3) + '-' + part(3, 4);
  if (digits.size() == 10 && digits[0] != '0') return part(0, 3) + '-' + part(3, 3) + '-' + part(6, 4);
  if (digits.size() == 11 && digits[0] == '1') {
    return "1-" + part(1, 3) + '-' + part(4, 3) + '-' + part(7, 4);
  }
  return digits;
}

// "order", "code": what follows is no telephone number, however long.
bool names_code(const SaidWords& said, std::size_t index) {
  static constexpr auto kCodes =
      word_set({"order", "code", "account", "invoice", "ticket", "case", "reference", "tracking", "pin", "id",
                "password", "serial", "booking", "confirmation"});
  for (std::size_t back = 1; back <= 3; ++back) {
    if (kCodes.contains(said.before(index, back))) return said.before(index, back + 1) != "area";
  }
  return false;
}

// "eight hundred" of "eight hundred five five five one two one two", with or without a "one" before it.
std::optional<Writing> toll_free_at(const SaidWords& said, std::size_t index) {
  const bool country = said[index] == "one";
  const std::size_t at = index + (country ? 1 : 0);
  const int hundreds = digit_of(said[at]);
  if (hundreds < 1 || said[at + 1] != "hundred") return std::nullopt;
  const Run run = run_at(said, at + 2);
  if (run.digits.size() != 7) return std::nullopt;
  return Writing{telephone((country ? "1" : "") + std::to_string(hundreds) + "00" + run.digits), run.end};
}

// ---- numbered things

constexpr auto kNumbered = word_set(
    {"page",     "pages",    "chapter",  "section",    "room",      "gate",    "platform",  "version",
     "step",     "level",    "flight",   "highway",    "route",     "line",    "figure",    "question",
     "option",   "unit",     "channel",  "phase",      "article",   "bus",     "extension", "apartment",
     "suite",    "building", "terminal", "track",      "lane",      "exit",    "size",      "zone",
     "number",   "volume",   "act",      "scene",      "paragraph", "item",    "table",     "slide",
     "exercise", "lesson",   "episode",  "season",     "row",       "seat",    "ward",      "tram",
     "part",     "appendix", "stage",    "tier",       "grade",     "type",    "rule",      "port",
     "error",    "verse",    "layer",    "interstate", "model",     "round",   "floor",     "windows",
     "python",   "iphone",   "class",    "district",   "box",       "release", "problem",   "task",
     "train",    "module",   "category", "quarter",    "locker",    "form",    "clause"});

// "two oh four": 204; "four seventeen": 417; "two thirty one": 231; "four point two": 4.2.
std::optional<Writing> label_at(const SaidWords& said, std::size_t index) {
  const auto number = number_at(said, index);
  if (number && number->ordinal) return std::nullopt;
  if (number && (!number->decimals.empty() || number->value >= 100)) {
    std::string text = number->written();
    if (number->decimals.empty() && number->value < 10000) text = std::to_string(number->value);
    std::size_t end = number->end;
    // "three point two point one"
    while (!number->decimals.empty() && said[end] == "point" && digit_of(said[end + 1]) >= 0) {
      text += '.' + std::to_string(digit_of(said[end + 1]));
      end += 2;
    }
    return Writing{std::move(text), end};
  }
  std::string text;
  std::size_t at = index;
  while (text.size() < 6) {
    if (said[at] == "oh" && !text.empty()) {
      text += '0';
      ++at;
      continue;
    }
    const auto part = small_number_at(said, at);
    if (!part || part->ordinal) break;
    text += std::to_string(part->value);
    at = part->end;
  }
  if (text.empty()) return std::nullopt;
  return Writing{std::move(text), at};
}

}  // namespace

std::optional<Writing> write_address(const SaidWords& said, std::size_t index) {
  std::size_t at = index;
  std::string scheme;
  if ((said[at] == "http" || said[at] == "https") && said[at + 1] == "colon" && said[at + 2] == "slash" &&
      said[at + 3] == "slash") {
    scheme = std::string(said[at]) + "://";
    at += 4;
  }
  if (auto mail = mail_at(said, at)) return mail;
  const bool letters = said[at] == "w" && said[at + 1] == "w" && said[at + 2] == "w" && said[at + 3] == "dot";
  // "the dot com years"
  if (scheme.empty() && !letters && (is_stop_word(said[at]) || said[at].size() == 1)) return std::nullopt;
  auto host = host_at(said, at, 1);
  if (!host) return std::nullopt;
  host->text.insert(0, scheme);
  add_path(said, *host);
  return host;
}

std::optional<Writing> write_digits(const SaidWords& said, std::size_t index) {
  if (auto toll_free = toll_free_at(said, index)) return toll_free;
  const bool plus = said[index] == "plus" && !small_number_at(said, index - 1);
  const Run run = run_at(said, index + (plus ? 1 : 0));
  if (plus) {
    if (run.digits.size() < 8) return std::nullopt;
    const bool american = run.digits.size() == 11 && run.digits[0] == '1';
    return Writing{american ? "+1 " + telephone(run.digits.substr(1)) : '+' + run.digits, run.end};
  }
  const auto first = said[index];
  // "six oh five" is a time, or the number of a thing that write_numbered() knows.
  const bool hour = run.end == index + 3 && said[index + 1] == "oh" && digit_of(first) > 0;
  const bool oh =
      hour || first == "o" || (first == "oh" && run.digits.size() < 4);  // "oh one two": an exclamation
  if (run.digits.size() < 3 || oh || said[run.end] == "point" || said[run.end] == "hundred")
    return std::nullopt;
  return Writing{names_code(said, index) ? run.digits : telephone(run.digits), run.end};
}

std::optional<Writing> write_street(const SaidWords& said, std::size_t index) {
  static constexpr auto kSure = word_set({"street", "avenue", "boulevard"});
  static constexpr auto kKinds =
      word_set({"road", "lane", "drive", "court", "square", "terrace", "crescent"});
  static constexpr auto kBefore =
      word_set({"on", "at", "to", "from", "near", "of", "along", "down", "off", "and", ""});
  // "21st Street" has its number as a name.
  const auto numbered = small_number_at(said, index);
  const bool ordinal = numbered && numbered->ordinal && kSure.contains(said[numbered->end]);
  const auto label = ordinal ? std::nullopt : label_at(said, index);
  const std::size_t first = label ? label->end : index;
  if (!label && !ordinal && !(kBefore.contains(said.before(index)) && index > 0)) return std::nullopt;
  std::string name;
  std::size_t at = first;
  std::size_t words = 0;
  // One or two words: "Baker Street", "Martin Luther Drive".
  for (; words < 3; ++words) {
    const auto kind = said[at];
    const bool house = label && label->text.size() > 1 && kKinds.contains(kind);
    if (words > 0 && (kSure.contains(kind) || house)) break;
    const auto number = small_number_at(said, at);
    const bool names = !kind.empty() && !is_stop_word(kind) && !is_plural(kind) && kind != "lane" &&
                       (!number || number->ordinal);
    if (!names) return std::nullopt;
    name += (number && number->value >= 10 ? ordinal_digits(number->value) : capitalized(kind)) + ' ';
    at = number ? number->end : at + 1;
  }
  if (words == 0 || words == 3) return std::nullopt;
  return Writing{(label ? label->text + ' ' : "") + name + capitalized(said[at]), at + 1};
}

std::optional<Writing> write_numbered(const SaidWords& said, std::size_t index) {
  if (!kNumbered.contains(said.before(index))) return std::nullopt;
  auto label = label_at(said, index);
  if (!label) return std::nullopt;
  const bool single = label->text.size() == 1;
  if (single && (is_plural(said[label->end]) || said[label->end] == "hundred")) return std::nullopt;
  if (single && label->text == "1" && said.before(index) == "number") return std::nullopt;
  // "a quarter", "the class of": of these only what follows as a number; "one" alone is a pronoun behind
  // them.
  const auto noun = said.before(index);
  const bool loose =
      noun == "floor" || noun == "box" || noun == "form" || noun == "class" || noun == "quarter";
  if (single && loose && label->text == "1") return std::nullopt;
  return label;
}

}  // namespace parley::text
