// SPDX-License-Identifier: Apache-2.0
// How words stand in the full-text index.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace parley::knowledge {

// The index's term for a tenant's stem: letters, digits and '_' only, so that it needs no quoting.
std::string index_term(std::int64_t tenant, std::string_view stem);

// Terms with a space between, as one column of a chunk's row holds them.
std::string index_terms(std::int64_t tenant, const std::vector<std::string>& stems);

// A chunk's length in words as one of 256 classes, and back to the words it stands for.
std::int64_t length_class(std::size_t words);
double words_of_class(std::int64_t length_class);

// The id of the `ordinal`-th chunk of a document.
std::int64_t make_chunk_id(std::int64_t document, std::size_t ordinal, std::size_t words);

}  // namespace parley::knowledge
