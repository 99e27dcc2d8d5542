// SPDX-License-Identifier: Apache-2.0
// Words that people use for each other: asked "what is my salary", a document says "wages". A small table of
// everyday English (work, money, time, travel, home, goods, health), not a thesaurus: it holds only what
// can stand for the other in most sentences.
#pragma once

#include <string_view>
#include <vector>

namespace parley::text {

// The stems that may stand for this stem (see stem()), without itself; empty when the table does not know
// it. The views live as long as the program. Thread-safe.
const std::vector<std::string_view>& related_stems(std::string_view stem);

}  // namespace parley::text
