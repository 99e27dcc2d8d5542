// SPDX-License-Identifier: Apache-2.0
// Every line of the tables in tests/golden, with the share that is right for each kind.
#include "text/speakable.hpp"
#include "text/written.hpp"

#include <cctype>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace parley::text {
namespace {

constexpr double kWanted = 97.0;  // percent

// The lines of a table, cut at tabs, without its comments.
std::vector<std::vector<std::string>> read_table(const std::string& name) {
  std::ifstream file(std::string(PARLEY_SOURCE_DIR) + "/tests/golden/" + name);
  std::vector<std::vector<std::string>> rows;
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty() || line[0] == '#') continue;
    std::vector<std::string> columns;
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, '\t');) columns.push_back(cell);
    rows.push_back(std::move(columns));
  }
  return rows;
}

// Words alone: no case, no punctuation, a hyphen as a space.
std::string bare_words(const std::string& text) {
  std::string plain;
  for (const char c : text) {
    if (std::string_view(",.;:!?").find(c) != std::string_view::npos) continue;
    plain += c == '-' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  std::istringstream words(plain);
  std::string out;
  for (std::string word; words >> word;) out += (out.empty() ? "" : " ") + word;
  return out;
}

std::string with_line_breaks(const std::string& cell) {
  std::string out;
  for (std::size_t i = 0; i < cell.size(); ++i) {
    const bool breaks = cell[i] == '\\' && i + 1 < cell.size() && cell[i + 1] == 'n';
    out += breaks ? '\n' : cell[i];
    i += breaks ? 1 : 0;
  }
  return out;
}

// Counts what is right by kind and prints what is not.
class Score {
 public:
  void add(const std::string& kind, const std::string& given, const std::string& wanted,
           const std::string& got) {
    auto& [right, all] = kinds_[kind];
    ++all;
    if (got == wanted) {
      ++right;
    } else {
      std::cout << kind << ": " << given << "\n  wanted " << wanted << "\n  got    " << got << '\n';
    }
  }

  std::size_t count() const {
    std::size_t count = 0;
    for (const auto& [kind, score] : kinds_) count += score.second;
    return count;
  }

  double percent() const {
    std::size_t right = 0;
    for (const auto& [kind, score] : kinds_) {
      right += score.first;
      std::cout << kind << ' ' << score.first << " of " << score.second << '\n';
    }
    const double share = 100.0 * static_cast<double>(right) / static_cast<double>(count());
    std::cout << "right: " << share << " %\n";
    return share;
  }

 private:
  std::map<std::string, std::pair<std::size_t, std::size_t>> kinds_;
};

TEST(GoldenTable, WrittenTextIsSpoken) {
  Score score;
  for (const auto& row : read_table("written_to_spoken.tsv")) {
    ASSERT_EQ(row.size(), 3U);
    score.add(row[0], row[1], row[2], bare_words(speakable(with_line_breaks(row[1])).text));
  }
  EXPECT_GE(score.count(), 500U);
  EXPECT_GE(score.percent(), kWanted);
}

TEST(GoldenTable, SpokenWordsAreWritten) {
  Score score;
  for (const auto& row : read_table("spoken_to_written.tsv")) {
    ASSERT_EQ(row.size(), 4U);
    score.add(row[0], row[2], row[3], written_text(row[2]));
  }
  EXPECT_GE(score.count(), 300U);
  EXPECT_GE(score.percent(), kWanted);
}

TEST(GoldenTable, TextForReadersIsSpokenAsItWasSaid) {
  Score score;
  for (const auto& row : read_table("spoken_to_written.tsv")) {
    ASSERT_EQ(row.size(), 4U);
    if (row[1] == "both") score.add(row[0], row[3], row[2], bare_words(speakable(row[3]).text));
  }
  EXPECT_GE(score.count(), 250U);
  EXPECT_GE(score.percent(), kWanted);
}

}  // namespace
}  // namespace parley::text
