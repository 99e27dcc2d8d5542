// SPDX-License-Identifier: Apache-2.0
#include "knowledge/chunks.hpp"

#include "text/sentences.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace parley::knowledge {

namespace {

// What is not cut: a sentence, a list item, a row, or a whole small list or table.
struct Unit {
  std::size_t start;
  std::size_t end;
  std::size_t words;
};

struct Section {
  std::string heading;
  std::size_t start;  // of the body, after the heading's line
  std::size_t end;
  std::size_t heading_start;  // of the heading's line; equal to start where there is none
  bool parent;                // the next heading is deeper
};

// Headings that enclose each other, as a path.
class HeadingPath {
 public:
  explicit HeadingPath(std::string_view title) : title_(title) {}

  void enter(const TextHeading& heading) {
    while (!open_.empty() && open_.back()->level >= heading.level) open_.pop_back();
    open_.push_back(&heading);
  }

  std::string text() const {
    std::string out;
    for (const TextHeading* heading : open_) {
      if (heading->title == title_) continue;
      out += (out.empty() ? "" : " > ") + heading->title;
    }
    return out;
  }

 private:
  std::string_view title_;
  std::vector<const TextHeading*> open_;
};

std::vector<Section> sections_of(const ExtractedText& document) {
  std::vector<Section> sections;
  const auto& headings = document.headings;
  const std::size_t size = document.text.size();
  const std::size_t first = headings.empty() ? size : headings.front().offset;
  if (first > 0) sections.push_back({{}, 0, first, 0, false});
  HeadingPath path(document.title);
  for (std::size_t i = 0; i < headings.size(); ++i) {
    path.enter(headings[i]);
    const bool last = i + 1 == headings.size();
    const std::size_t body = std::min(headings[i].offset + headings[i].title.size(), size);
    const std::size_t end = last ? size : headings[i + 1].offset;
    const bool parent = !last && headings[i + 1].level > headings[i].level;
    sections.push_back({path.text(), body, end, headings[i].offset, parent});
  }
  return sections;
}

std::size_t count_words(std::string_view text) { return text::tokenize(text).size(); }

// A sentence longer than a chunk may be, cut between words.
void cut_long(std::string_view text, Unit unit, std::size_t max_words, std::vector<Unit>& out) {
  const auto words = text::tokenize(text.substr(unit.start, unit.end - unit.start));
  std::size_t from = unit.start;
  for (std::size_t i = max_words; i < words.size(); i += max_words) {
    const std::size_t to = unit.start + words[i].start;
    out.push_back({from, to, max_words});
    from = to;
  }
  out.push_back({from, unit.end, count_words(text.substr(from, unit.end - from))});
}

void add_units(std::string_view text, std::size_t start, std::size_t end, const ChunkOptions& options,
               std::vector<Unit>& out) {
  const std::string_view block = text.substr(start, end - start);
  const Unit whole{start, end, count_words(block)};
  const bool lines = block.find('\n') != std::string_view::npos;
  if (lines && whole.words <= options.max_words) {
    out.push_back(whole);
    return;
  }
  for (const text::Span& sentence : text::split_sentences(block)) {
    const Unit unit{start + sentence.start, start + sentence.end,
                    count_words(block.substr(sentence.start, sentence.end - sentence.start))};
    if (unit.words > options.max_words) {
      cut_long(text, unit, options.max_words, out);
    } else {
      out.push_back(unit);
    }
  }
}

std::vector<Unit> units_of(std::string_view text, const Section& section, const ChunkOptions& options) {
  std::vector<Unit> units;
  std::size_t at = section.start;
  while (at < section.end) {
    at = std::min(text.find_first_not_of(" \n", at), section.end);
    const std::size_t stop = std::min(text.find("\n\n", at), section.end);
    std::size_t end = stop;
    while (end > at && (text[end - 1] == '\n' || text[end - 1] == ' ')) --end;
    if (end > at) add_units(text, at, end, options, units);
    at = stop + (stop < section.end ? 2 : 0);
  }
  return units;
}

void pack(const std::vector<Unit>& units, const std::string& heading, const ChunkOptions& options,
          std::vector<Chunk>& out) {
  std::size_t total = 0;
  for (const Unit& unit : units) total += unit.words;
  const std::size_t parts =
      std::max<std::size_t>(1, (total + options.target_words / 2) / options.target_words);
  const std::size_t share = (total + parts - 1) / parts;
  std::size_t words = 0;
  bool open = false;
  for (const Unit& unit : units) {
    // A unit goes where the larger half of it still fits the part's share.
    const bool full = words + unit.words / 2 >= share || words + unit.words > options.max_words;
    if (!open || (words > 0 && full)) {
      out.push_back({heading, unit.start, unit.end});
      words = 0;
      open = true;
    }
    out.back().end = unit.end;
    words += unit.words;
  }
}

}  // namespace

std::vector<Chunk> cut_chunks(const ExtractedText& document, ChunkOptions options) {
  std::vector<Chunk> chunks;
  for (const Section& section : sections_of(document)) {
    const auto units = units_of(document.text, section, options);
    if (!units.empty()) {
      pack(units, section.heading, options, chunks);
    } else if (!section.parent && section.heading_start < section.start) {
      chunks.push_back({section.heading, section.heading_start, section.start});
    }
  }
  return chunks;
}

}  // namespace parley::knowledge
