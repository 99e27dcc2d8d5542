// SPDX-License-Identifier: Apache-2.0
#include "language/providers/spoken_filter.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

namespace parley::language {
namespace {

constexpr std::string_view kThinkOpen = "<think>";
constexpr std::string_view kThinkClose = "</think>";
constexpr std::size_t kMaxBracket = 300;  // longer is no link text and no mark
constexpr std::size_t kMaxSentence = 4000;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "1", "1, 3" and "1-3" name passages; nothing otherwise.
std::vector<std::size_t> numbers_in(std::string_view inside) {
  std::vector<std::size_t> numbers;
  while (!inside.empty()) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(inside.data(), inside.data() + inside.size(), number);
    if (error != std::errc() || number > 999) return {};
    numbers.push_back(number);
    inside.remove_prefix(static_cast<std::size_t>(end - inside.data()));
    const auto next = inside.find_first_not_of(" ,;-");
    if (next == 0) return {};
    inside.remove_prefix(next == std::string_view::npos ? inside.size() : next);
  }
  return numbers;
}

}  // namespace

SpokenFilter::Output SpokenFilter::feed(std::string_view bytes) {
  Output out;
  for (const char c : bytes) {
    if (!take_thinking(c, out)) take(c, out);
  }
  return out;
}

SpokenFilter::Output SpokenFilter::finish() {
  Output out;
  if (thinking_) return out;
  if (state_ == State::kBracket) {
    say("[", out);
    say(held_, out);
  } else if (state_ == State::kLineStart) {
    // Marks of a list with nothing behind them are no text; digits may be the whole answer.
    if (std::ranges::any_of(held_, is_digit)) say(held_, out);
  }
  held_.clear();
  state_ = State::kText;
  return out;
}

// True while the characters belong to a model's thoughts before the answer.
bool SpokenFilter::take_thinking(char c, Output& out) {
  if (thinking_) {
    held_ += c;
    if (held_.size() > kThinkClose.size()) held_.erase(0, 1);
    if (held_ != kThinkClose) return true;
    thinking_ = false;
    held_.clear();
    return true;
  }
  if (started_) return false;
  if (held_.empty() && is_space(c)) return true;
  held_ += c;
  if (held_ == kThinkOpen) {
    thinking_ = true;
    held_.clear();
    return true;
  }
  if (kThinkOpen.starts_with(held_)) return true;
  started_ = true;
  const std::string begun = std::exchange(held_, {});
  for (const char one : begun) take(one, out);
  return true;
}

void SpokenFilter::take(char c, Output& out) {
  switch (state_) {
    case State::kLineStart:
      return take_line_start(c, out);
    case State::kText:
      return take_text(c, out);
    case State::kBracket:
      if (c == ']') return end_bracket(out);
      held_ += c;
      if (held_.size() > kMaxBracket || c == '\n' || c == '[') {
        state_ = State::kText;
        say("[", out);
        const std::string inside = std::exchange(held_, {});
        for (const char one : inside) take_text(one, out);
      }
      return;
    case State::kLinkTarget:
      if (c == ')' || c == '\n') state_ = State::kText;
      return;
  }
}

// Marks of lists, headings and quotations at a line's beginning go: "- ", "* ", "## ", "> ", "12. ".
void SpokenFilter::take_line_start(char c, Output& out) {
  if (c == '\n' || ((c == ' ' || c == '\t' || c == '\r') && held_.empty())) return;
  const bool numbered = !held_.empty() && is_digit(held_.front());
  if (numbered) {
    const bool dotted = held_.back() == '.' || held_.back() == ')';
    if (dotted && is_space(c)) {
      held_.clear();
      return;
    }
    if (!dotted && held_.size() < 3 && (is_digit(c) || c == '.' || c == ')')) {
      held_ += c;
      return;
    }
  } else if (c == '-' || c == '*' || c == '#' || c == '>' || c == '+') {
    if (held_.size() < 6) {
      held_ += c;
      return;
    }
  } else if (held_.empty() && is_digit(c)) {
    held_ += c;
    return;
  } else if (!held_.empty() && is_space(c)) {
    held_.clear();
    return;
  }
  state_ = State::kText;
  const std::string begun = std::exchange(held_, {});
  for (const char one : begun) take_text(one, out);
  take_text(c, out);
}

void SpokenFilter::take_text(char c, Output& out) {
  if (c == '(' && std::exchange(after_link_, false)) {
    state_ = State::kLinkTarget;
    return;
  }
  after_link_ = false;
  if (c == '\n') {
    space_ = true;
    state_ = State::kLineStart;
    return;
  }
  if (c == '[') {
    state_ = State::kBracket;
    return;
  }
  if (c == '*' || c == '`' || c == '|' || c == '~') return;
  say_char(c, out);
}

void SpokenFilter::end_bracket(Output& out) {
  state_ = State::kText;
  const std::string inside = std::exchange(held_, {});
  const auto numbers = numbers_in(inside);
  for (const std::size_t number : numbers) out.marks.push_back({number, sentence_});
  if (!numbers.empty()) return;
  for (const char c : inside) take_text(c, out);
  after_link_ = true;
}

void SpokenFilter::say(std::string_view text, Output& out) {
  for (const char c : text) say_char(c, out);
}

// White space is said with the character behind it, so that none is left where a mark was.
void SpokenFilter::say_char(char c, Output& out) {
  if (is_space(c)) {
    space_ = true;
    return;
  }
  const bool closing = c == '.' || c == ',' || c == ';' || c == ':' || c == '!' || c == '?';
  if (std::exchange(space_, false) && !closing && started_ && !(sentence_.empty() && !sentence_ended_)) {
    out.text += ' ';
    if (!sentence_ended_) sentence_ += ' ';
    // Only a space ends a sentence: the dot of "2.5" and a mark right behind the full stop do not.
    if (sentence_ended_) sentence_.clear();
  }
  sentence_ended_ = c == '.' || c == '!' || c == '?';
  out.text += c;
  if (sentence_.size() < kMaxSentence) sentence_ += c;
}

}  // namespace parley::language
