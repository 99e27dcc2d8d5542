// SPDX-License-Identifier: Apache-2.0
#include "knowledge/extraction/formats.hpp"

#include <algorithm>
#include <vector>

namespace parley::knowledge {

namespace {

constexpr std::size_t kWrappedLineBytes = 45;  // shorter lines are kept as lines: verse, addresses, lists
constexpr std::size_t kMaxHeadingBytes = 80;

// "=====" or "-----" below a title.
bool is_underline(std::string_view line) {
  return line.size() >= 3 && (line.find_first_not_of('=') == std::string_view::npos ||
                              line.find_first_not_of('-') == std::string_view::npos);
}

bool is_in_capitals(std::string_view line) {
  const auto upper = std::ranges::count_if(line, [](char c) { return c >= 'A' && c <= 'Z'; });
  const auto lower = std::ranges::count_if(line, [](char c) { return c >= 'a' && c <= 'z'; });
  return upper >= 3 && lower == 0 && line.size() <= kMaxHeadingBytes;
}

bool is_list_item(std::string_view line) {
  if (line.starts_with("- ") || line.starts_with("* ") || line.starts_with("• ")) return true;
  const std::size_t digits = line.find_first_not_of("0123456789");
  return digits != std::string_view::npos && digits > 0 && digits <= 3 && digits + 1 < line.size() &&
         (line[digits] == '.' || line[digits] == ')') && line[digits + 1] == ' ';
}

class PlainTextReader {
 public:
  ExtractedText read(std::string_view utf8) {
    while (!utf8.empty()) {
      const std::size_t end = utf8.find('\n');
      add_line(clean_line(utf8.substr(0, end)));
      utf8.remove_prefix(end == std::string_view::npos ? utf8.size() : end + 1);
    }
    end_paragraph();
    return std::move(builder_).finish({});
  }

 private:
  void add_line(std::string line) {
    if (line.empty()) {
      end_paragraph();
    } else if (lines_.size() == 1 && is_underline(line)) {
      builder_.heading(line.front() == '=' ? 1 : 2, lines_.front());
      lines_.clear();
    } else if (!is_underline(line)) {
      lines_.push_back(std::move(line));
    }
  }

  void end_paragraph() {
    if (lines_.size() == 1 && is_in_capitals(lines_.front())) {
      builder_.heading(2, lines_.front());
    } else if (!lines_.empty()) {
      builder_.paragraph(join());
    }
    lines_.clear();
  }

  std::string join() const {
    std::string out = lines_.front();
    for (std::size_t i = 1; i < lines_.size(); ++i) {
      const bool wrapped = lines_[i - 1].size() >= kWrappedLineBytes && !is_list_item(lines_[i]);
      out += (wrapped ? " " : "\n") + lines_[i];
    }
    return out;
  }

  TextBuilder builder_;
  std::vector<std::string> lines_;
};

}  // namespace

ExtractedText read_plain_text(std::string_view utf8) { return PlainTextReader().read(utf8); }

}  // namespace parley::knowledge
