// SPDX-License-Identifier: Apache-2.0
#include "language/models/speakable.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace parley::language {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// "[text](address)" becomes "text"; marks of emphasis and code go; white space becomes one space; the cells
// of a table row are separated by commas.
std::string plain(std::string_view source) {
  std::string out;
  for (std::size_t i = 0; i < source.size(); ++i) {
    const char c = source[i];
    if (c == '*' || c == '`' || c == '#') continue;
    if (c == '[') continue;
    if (c == ']') {
      if (i + 1 < source.size() && source[i + 1] == '(') {
        const auto close = source.find(')', i);
        i = close == std::string_view::npos ? source.size() : close;
      }
      continue;
    }
    if (c == '|') {
      while (!out.empty() && is_space(out.back())) out.pop_back();
      if (!out.empty() && out.back() != ',') out += ',';
      continue;
    }
    if (is_space(c)) {
      if (!out.empty() && out.back() != ' ') out += ' ';
      continue;
    }
    out += c;
  }
  while (!out.empty() && (is_space(out.back()) || out.back() == ',')) out.pop_back();
  return out;
}

void drop_connective(std::string& text) {
  constexpr auto kConnectives = std::to_array<std::string_view>(
      {"However, ", "In addition, ", "Moreover, ", "Furthermore, ", "Therefore, ", "For example, ", "Also, ",
       "But ", "And ", "So ", "In general, ", "As a rule, ", "Of course, ", "Please note that ",
       "Note that "});
  for (const std::string_view connective : kConnectives) {
    if (text.starts_with(connective)) {
      text.erase(0, connective.size());
      return;
    }
  }
}

void drop_parentheses(std::string& text) {
  for (auto open = text.find(" ("); open != std::string::npos; open = text.find(" (", open)) {
    const auto close = text.find(')', open);
    if (close == std::string::npos) return;
    text.erase(open, close + 1 - open);
  }
}

// The end of the first `count` words.
std::size_t end_of_words(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (std::size_t seen = 0; seen < count && at < text.size(); ++seen) {
    while (at < text.size() && is_space(text[at])) ++at;
    while (at < text.size() && !is_space(text[at])) ++at;
  }
  return at;
}

void cut_to(std::string& text, std::size_t max_words) {
  text.resize(end_of_words(text, max_words));
  const auto clause = text.find_last_of(",;:");
  // A cut that would leave less than half is no sentence any more: then the tail goes at a word.
  if (clause != std::string::npos && word_count(std::string_view(text).substr(0, clause)) * 2 >= max_words) {
    text.resize(clause);
  }
}

void close(std::string& text) {
  while (!text.empty() &&
         (is_space(text.back()) || text.back() == ',' || text.back() == ';' || text.back() == ':')) {
    text.pop_back();
  }
  if (text.empty()) return;
  const char last = text.back();
  const bool quoted = last == '"' || last == ')' || last == '\'';
  const char mark = quoted && text.size() > 1 ? text[text.size() - 2] : last;
  if (mark != '.' && mark != '!' && mark != '?') text += '.';
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
}

}  // namespace

std::size_t word_count(std::string_view text) {
  std::size_t count = 0;
  bool inside = false;
  for (const char c : text) {
    if (!is_space(c) && !inside) ++count;
    inside = !is_space(c);
  }
  return count;
}

std::string speakable(std::string_view sentence, std::size_t max_words) {
  std::string text = plain(sentence);
  if (word_count(text) > max_words) drop_connective(text);
  if (word_count(text) > max_words) drop_parentheses(text);
  if (word_count(text) > max_words) cut_to(text, max_words);
  close(text);
  return text;
}

}  // namespace parley::language
