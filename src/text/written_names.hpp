// SPDX-License-Identifier: Apache-2.0
// Names, titles, acronyms and letters as they are written. Part of written_text().
#pragma once

#include "text/written_words.hpp"

#include <optional>
#include <string>

namespace parley::text {

// "b b c": "BBC"; "vitamin c": "vitamin C"; "a p d f": "a PDF".
std::optional<Writing> write_letters(const SaidWords& said, std::size_t index);

// "mister smith": "Mr. Smith"; "doctor brown": "Dr. Brown".
std::optional<Writing> write_title(const SaidWords& said, std::size_t index);

// "new york", "monday", "i'm", "usb": words with capitals; nothing for all others.
std::optional<Writing> write_name(const SaidWords& said, std::size_t index);

std::string capitalized(std::string_view word);

}  // namespace parley::text
