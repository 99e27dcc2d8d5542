// SPDX-License-Identifier: Apache-2.0
#include "text/written.hpp"

#include "text/written_amounts.hpp"
#include "text/written_contacts.hpp"
#include "text/written_names.hpp"
#include "text/written_sentence.hpp"
#include "text/written_times.hpp"
#include "text/written_words.hpp"

#include <optional>
#include <utility>

namespace parley::text {
namespace {

// The first rule that knows the words at `index`; else the word alone.
Writing write_at(const SaidWords& said, std::size_t index) {
  using Rule = std::optional<Writing> (*)(const SaidWords&, std::size_t);
  // Longer readings come before shorter ones that they begin with: a telephone number before a time, both
  // before a count.
  constexpr Rule kRules[] = {write_address, write_street, write_digits,  write_numbered, write_amount,
                             write_idiom,   write_sum,    write_date,    write_time,     write_year,
                             write_count,   write_title,  write_letters, write_name};
  for (const Rule rule : kRules) {
    if (auto writing = rule(said, index)) return std::move(*writing);
  }
  return Writing{std::string(said[index]), index + 1};
}

bool is_weekday(std::string_view text) { return text.ends_with("day") && text[0] >= 'A' && text[0] <= 'Z'; }

// "Monday, June 2", "Tuesday, the 9th of November": a weekday and the date behind it.
bool is_dated(const SaidWords& said, std::size_t index) {
  const auto date = write_date(said, said[index] == "the" ? index + 1 : index);
  return date && date->text.find_first_of("0123456789") != std::string::npos;
}

}  // namespace

std::string written_text(std::string_view spoken) {
  const SaidWords said(spoken);
  std::string text;
  bool fixed = false;
  for (std::size_t at = 0; at < said.size();) {
    Writing writing = write_at(said, at);
    if (text.empty()) fixed = writing.fixed;
    if (!text.empty()) text += ' ';
    text += writing.text;
    const bool comma =
        wants_comma(said, writing.end - 1) || (is_weekday(writing.text) && is_dated(said, writing.end));
    if (comma) text += ',';
    at = writing.end;
  }
  if (text.empty()) return text;
  if (!fixed) text = capitalized(text);
  if (is_question(said)) return text + '?';
  if (text.back() != '.') text += '.';
  return text;
}

}  // namespace parley::text
