// SPDX-License-Identifier: Apache-2.0
// Times of day, dates, years and decades as they are written. Part of written_text().
#pragma once

#include "text/written_words.hpp"

#include <optional>

namespace parley::text {

// "nine thirty p m": "9:30 p.m."; "half past nine", "nine o'clock", "fourteen thirty", "nine to five pm".
std::optional<Writing> write_time(const SaidWords& said, std::size_t index);

// "march fifteenth twenty twenty four": "March 15, 2024"; "the third of april", "june second", "may twenty
// ten".
std::optional<Writing> write_date(const SaidWords& said, std::size_t index);

// "twenty twenty four", "the nineteen nineties", "the nineties".
std::optional<Writing> write_year(const SaidWords& said, std::size_t index);

// "March" for "march"; empty for what is no month.
std::string_view month_name(std::string_view word);

// Whether the word at `index`, which has other meanings too ("may", "march"), names the month here.
bool means_month(const SaidWords& said, std::size_t index);

}  // namespace parley::text
