// SPDX-License-Identifier: Apache-2.0
#include "text/speakable.hpp"

#include "text/speakable_fold.hpp"
#include "text/speakable_rules.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

namespace parley::text {
namespace {

// Longer ones, which are no words, are cut: a voice would work on them for seconds.
constexpr std::size_t kLongestWord = 30;

bool is_mark(char c) { return kClauseMarks.find(c) != std::string_view::npos; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// The mark that says most about the pause.
char strongest(std::string_view marks) {
  if (marks.starts_with("..")) return ',';
  for (const char mark : std::string_view("?!.;:,")) {
    if (marks.find(mark) != std::string_view::npos) return mark;
  }
  return '\0';
}

FoldedToken make_token(const FoldedText& folded, std::size_t begin, std::size_t end) {
  FoldedToken token;
  token.source_start = folded.from[begin];
  token.source_end = folded.to[end - 1];
  auto core = std::string_view(folded.text).substr(begin, end - begin);
  while (!core.empty() && std::string_view("\"'([{").find(core.front()) != std::string_view::npos) {
    token.opens_bracket |= core.front() == '(';
    core.remove_prefix(1);
  }
  const bool quoted = core.size() < end - begin;
  std::string marks;
  while (!core.empty()) {
    const char c = core.back();
    if (is_mark(c)) marks.insert(marks.begin(), c);
    token.closes_bracket |= c == ')';
    if (!is_mark(c) && std::string_view("\"')]}").find(c) == std::string_view::npos) break;
    if ((c == '\'' || c == '"') && !quoted) token.quote = c;
    core.remove_suffix(1);
  }
  if (core.empty() || !ascii::is_digit(core.back())) token.quote = '\0';
  token.core = core;
  token.mark = strongest(marks);
  if (token.mark == '\0' && token.closes_bracket) token.mark = ',';
  return token;
}

// Tokens with something in them; a mark that stands alone goes to the token before.
std::vector<FoldedToken> make_tokens(const FoldedText& folded) {
  std::vector<FoldedToken> tokens;
  const std::string& text = folded.text;
  for (std::size_t at = 0; at < text.size();) {
    if (is_space(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && !is_space(text[end])) ++end;
    auto token = make_token(folded, at, end);
    at = end;
    if (!token.core.empty()) {
      tokens.push_back(std::move(token));
    } else if (token.mark != '\0' && !tokens.empty() && tokens.back().mark == '\0') {
      tokens.back().mark = token.mark;
    }
  }
  return tokens;
}

// "J. Smith", "the U.S. market": the dot does not end anything.
bool is_initial(const std::vector<FoldedToken>& tokens, std::size_t index) {
  const auto& token = tokens[index];
  if (token.mark != '.' || index + 1 == tokens.size()) return false;
  for (std::size_t i = 0; i < token.core.size(); ++i) {
    const bool fits =
        i % 2 == 0 ? std::isalpha(static_cast<unsigned char>(token.core[i])) != 0 : token.core[i] == '.';
    if (!fits) return false;
  }
  if (token.core.size() == 1)
    return token.core != "I" && std::isupper(static_cast<unsigned char>(token.core[0])) != 0;
  return std::islower(static_cast<unsigned char>(tokens[index + 1].core[0])) != 0;
}

// What the user wants to hear for tokens[index] and those behind it.
std::optional<Reading> pronounced(const FoldedTokens& tokens, std::size_t index, const Pronunciations& all) {
  bool owner = false;  // "Siobhan's"
  const auto match = all.find([&](std::size_t ahead) -> std::string_view {
    const bool apart = ahead > 0 && tokens[index + ahead - 1].mark != '\0';
    if (owner || apart || index + ahead >= tokens.size()) return {};
    std::string_view word = tokens[index + ahead].core;
    owner = word.ends_with("'s");
    if (owner) word.remove_suffix(2);
    return word;
  });
  if (!match) return std::nullopt;
  const bool owns = tokens[index + match->words - 1].core.ends_with("'s");
  return Reading{std::string(match->spoken) + (owns ? "'s" : ""), match->words};
}

class Writer {
 public:
  void mark(char mark) {
    if (mark == '\0' || result_.words.empty() || is_mark(result_.text.back())) return;
    result_.text += mark;
    ++result_.words.back().end;
  }

  void words(std::string_view spoken, std::size_t source_start, std::size_t source_end) {
    std::size_t at = 0;
    while (at < spoken.size()) {
      const auto end = std::min({spoken.find(' ', at), spoken.size(), at + kLongestWord});
      word(spoken.substr(at, end - at), source_start, source_end);
      at = end < spoken.size() && spoken[end] == ' ' ? end + 1 : end;
    }
  }

  Speakable finish() { return std::move(result_); }

 private:
  void word(std::string_view spoken, std::size_t source_start, std::size_t source_end) {
    if (spoken.empty()) return;
    if (std::all_of(spoken.begin(), spoken.end(), is_mark)) return mark(spoken[0]);
    if (!result_.text.empty()) result_.text += ' ';
    const std::size_t start = result_.text.size();
    result_.text += spoken;
    result_.words.push_back({start, result_.text.size(), source_start, source_end});
  }

  Speakable result_;
};

}  // namespace

Speakable speakable(std::string_view utf8, const Pronunciations* pronunciations) {
  const std::vector<FoldedToken> tokens = make_tokens(fold_for_speech(utf8));
  Writer writer;
  for (std::size_t i = 0; i < tokens.size();) {
    auto own = pronunciations != nullptr ? pronounced(tokens, i, *pronunciations) : std::nullopt;
    const Reading reading = own ? std::move(*own) : read_token(tokens, i);
    const auto& final = tokens[i + reading.tokens - 1];
    if (tokens[i].opens_bracket) writer.mark(',');
    writer.words(reading.text, tokens[i].source_start, final.source_end);
    const std::size_t last = i + reading.tokens - 1;
    if (reading.keeps_mark && !is_initial(tokens, last)) writer.mark(final.mark);
    i += reading.tokens;
  }
  return writer.finish();
}

}  // namespace parley::text
