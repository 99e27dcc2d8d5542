// SPDX-License-Identifier: Apache-2.0
// Addresses, telephone numbers, codes and numbered things as they are written. Part of written_text().
#pragma once

#include "text/written_words.hpp"

#include <optional>

namespace parley::text {

// "john dot smith at example dot com": "john.smith@example.com"; "example dot org slash help".
std::optional<Writing> write_address(const SaidWords& said, std::size_t index);

// Three digits and more, one by one: "555-1234", "911", "90210".
std::optional<Writing> write_digits(const SaidWords& said, std::size_t index);

// "two twenty one baker street": "221 Baker Street"; "on fifth avenue".
std::optional<Writing> write_street(const SaidWords& said, std::size_t index);

// "room two oh four", "page five", "version two point one": the number behind a word that numbers things.
std::optional<Writing> write_numbered(const SaidWords& said, std::size_t index);

}  // namespace parley::text
