// SPDX-License-Identifier: Apache-2.0
// Questions about the elements of a parsed page: which are read, which stand on their own, which are links.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include <gumbo.h>

namespace parley::knowledge {

// Elements deeper than this are not parsed at all: gumbo frees its tree by recursion.
inline constexpr std::size_t kMaxHtmlDepth = 1000;

// How deep the elements of a page may be nested: never less than gumbo's tree will be.
std::size_t html_depth_bound(std::string_view html);

bool is_element(const GumboNode& node, GumboTag tag);

// The value of an attribute, or empty.
std::string_view attribute(const GumboElement& element, const char* name);

// Children of an element or document, or none.
const GumboVector* children(const GumboNode& node);

// Never shown as reading matter, wherever it stands: scripts, controls, navigation, hidden parts.
bool is_dropped(const GumboNode& node);

// Part of the page's frame when it stands outside the main content: header, and what its class or id names
// so.
bool is_frame(const GumboNode& node);

// Starts a new paragraph.
bool is_block(GumboTag tag);

// Letters below a node without what is dropped.
struct TextShare {
  std::size_t text = 0;
  std::size_t linked = 0;  // of these, inside links
  std::size_t links = 0;
};

// Counted once for a tree, looked up for any node of it.
class TextShares {
 public:
  explicit TextShares(const GumboNode& root) { count(root, false); }
  TextShare of(const GumboNode& node) const;

 private:
  TextShare count(const GumboNode& node, bool in_link);

  std::unordered_map<const GumboNode*, TextShare> shares_;
};

// A line break in a page's source is a space.
std::string one_line(std::string_view text);

// All text below a node, without what is dropped; line breaks where <br> and blocks are.
std::string text_below(const GumboNode& node);

// The same for <pre>: line breaks as in the source.
std::string source_text_below(const GumboNode& node);

}  // namespace parley::knowledge
