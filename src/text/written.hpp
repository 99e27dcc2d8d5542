// SPDX-License-Identifier: Apache-2.0
// Words as said, written as a reader expects them.
#pragma once

#include <string>
#include <string_view>

namespace parley::text {

// `spoken` is lower-case English words parted by single spaces, as a recogniser gives them. One utterance is
// taken for one sentence:
//   "the call is at nine thirty a m"              "The call is at 9:30 a.m."
//   "can i return it within thirty days"          "Can I return it within 30 days?"
//   "on march third twenty twenty five"           "On March 3, 2025."
//   "it costs twelve dollars and fifty cents"     "It costs $12.50."
//   "write to john dot smith at example dot com"  "Write to john.smith@example.com."
//   "call five five five one two three four"      "Call 555-1234."
// Numbers below ten stay words where nothing is counted or measured: "one of them", "two sisters", "a second
// helping". Examples with their writing are in tests/golden/spoken_to_written.tsv. Names of people and places
// get capitals as far as a list knows them. Empty gives empty. Thread-safe; some microseconds a sentence.
std::string written_text(std::string_view spoken);

}  // namespace parley::text
