// SPDX-License-Identifier: Apache-2.0
#include "knowledge/extraction/html_tree.hpp"

#include "knowledge/extraction/text_builder.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <span>

namespace parley::knowledge {

namespace {

constexpr auto kDroppedTags = std::to_array<GumboTag>(
    {GUMBO_TAG_SCRIPT,  GUMBO_TAG_STYLE,  GUMBO_TAG_NOSCRIPT, GUMBO_TAG_TEMPLATE, GUMBO_TAG_IFRAME,
     GUMBO_TAG_SVG,     GUMBO_TAG_OBJECT, GUMBO_TAG_EMBED,    GUMBO_TAG_CANVAS,   GUMBO_TAG_AUDIO,
     GUMBO_TAG_VIDEO,   GUMBO_TAG_HEAD,   GUMBO_TAG_NAV,      GUMBO_TAG_FOOTER,   GUMBO_TAG_ASIDE,
     GUMBO_TAG_SELECT,  GUMBO_TAG_BUTTON, GUMBO_TAG_INPUT,    GUMBO_TAG_TEXTAREA, GUMBO_TAG_MAP,
     GUMBO_TAG_DATALIST});

constexpr auto kDroppedRoles =
    std::to_array<std::string_view>({"navigation", "banner", "contentinfo", "search", "complementary",
                                     "dialog", "alertdialog", "menu", "menubar"});

// Whole words of class and id.
constexpr auto kFrameNames = std::to_array<std::string_view>(
    {"nav",     "navbar",      "navigation",  "menu",          "sidebar",       "breadcrumb", "breadcrumbs",
     "footer",  "site-footer", "site-header", "cookie-banner", "cookie-notice", "share",      "social",
     "related", "advert",      "ads",         "pagination",    "skip-link",     "toc"});

constexpr auto kInlineTags = std::to_array<GumboTag>(
    {GUMBO_TAG_A,     GUMBO_TAG_ABBR, GUMBO_TAG_ACRONYM, GUMBO_TAG_B,      GUMBO_TAG_BDI, GUMBO_TAG_BDO,
     GUMBO_TAG_BIG,   GUMBO_TAG_CITE, GUMBO_TAG_CODE,    GUMBO_TAG_DATA,   GUMBO_TAG_DEL, GUMBO_TAG_DFN,
     GUMBO_TAG_EM,    GUMBO_TAG_FONT, GUMBO_TAG_I,       GUMBO_TAG_IMG,    GUMBO_TAG_INS, GUMBO_TAG_KBD,
     GUMBO_TAG_LABEL, GUMBO_TAG_MARK, GUMBO_TAG_Q,       GUMBO_TAG_RUBY,   GUMBO_TAG_S,   GUMBO_TAG_SAMP,
     GUMBO_TAG_SMALL, GUMBO_TAG_SPAN, GUMBO_TAG_STRIKE,  GUMBO_TAG_STRONG, GUMBO_TAG_SUB, GUMBO_TAG_SUP,
     GUMBO_TAG_TIME,  GUMBO_TAG_TT,   GUMBO_TAG_U,       GUMBO_TAG_VAR,    GUMBO_TAG_WBR, GUMBO_TAG_UNKNOWN});

constexpr auto kVoidNames =
    std::to_array<std::string_view>({"area", "base", "br", "col", "embed", "hr", "img", "input", "link",
                                     "meta", "param", "source", "track", "wbr"});
// Each of these closes its like, so that many unclosed ones in a row nest nothing.
constexpr auto kSelfLimiting = std::to_array<std::string_view>(
    {"dd", "dt", "li", "option", "optgroup", "p", "rp", "rt", "tbody", "td", "tfoot", "th", "thead", "tr"});

template <class T, std::size_t N>
bool contains(const std::array<T, N>& values, const T& value) {
  return std::ranges::find(values, value) != values.end();
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

bool has_frame_name(std::string_view names) {
  const std::string folded = lower(names);
  std::size_t at = 0;
  while (at < folded.size()) {
    const std::size_t from = folded.find_first_not_of(" \t\n\r\f", at);
    if (from == std::string::npos) return false;
    at = std::min(folded.find_first_of(" \t\n\r\f", from), folded.size());
    if (contains(kFrameNames, std::string_view(folded).substr(from, at - from))) return true;
  }
  return false;
}

bool is_hidden(const GumboElement& element) {
  if (gumbo_get_attribute(&element.attributes, "hidden") != nullptr) return true;
  if (attribute(element, "aria-hidden") == "true") return true;
  std::string style = lower(attribute(element, "style"));
  std::erase(style, ' ');
  return style.find("display:none") != std::string::npos ||
         style.find("visibility:hidden") != std::string::npos;
}

// "[12]", "[a]" raised beside a word: a note's mark.
bool is_note_mark(const GumboNode& node) {
  if (!is_element(node, GUMBO_TAG_SUP)) return false;
  const std::string text = clean_line(text_below(node));
  return text.size() >= 3 && text.size() <= 6 && text.front() == '[' && text.back() == ']';
}

std::size_t letters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return std::isspace(static_cast<unsigned char>(c)) == 0; }));
}

bool is_text(const GumboNode& node) {
  return node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE || node.type == GUMBO_NODE_CDATA;
}

void add_text(const GumboNode& node, std::string& out) {
  if (is_text(node)) {
    out += one_line(node.v.text.text);
    return;
  }
  if (is_element(node, GUMBO_TAG_BR)) out += '\n';
  const bool block = node.type == GUMBO_NODE_ELEMENT && is_block(node.v.element.tag);
  const GumboVector* below = children(node);
  if (below == nullptr) return;
  if (block) out += '\n';
  for (unsigned int i = 0; i < below->length; ++i) {
    const auto& child = *static_cast<const GumboNode*>(below->data[i]);
    if (!is_dropped(child)) add_text(child, out);
  }
  if (block) out += '\n';
}

// A tag of the source text: its name in lower case and where it ends.
struct SourceTag {
  std::string name;
  bool closing;
  bool self_closing;
  std::size_t end;
};

std::optional<SourceTag> tag_at(std::string_view html, std::size_t at) {
  std::size_t i = at + 1;
  const bool closing = i < html.size() && html[i] == '/';
  if (closing) ++i;
  if (i >= html.size() || std::isalpha(static_cast<unsigned char>(html[i])) == 0) return std::nullopt;
  const std::size_t from = i;
  while (i < html.size() && html[i] != '>' && html[i] != '/' &&
         std::isspace(static_cast<unsigned char>(html[i])) == 0)
    ++i;
  // Longer names exist only to be looked at, and none of them is special.
  std::string name = lower(html.substr(from, std::min<std::size_t>(i - from, 16)));
  const std::size_t end = std::min(html.find('>', i), html.size());
  const bool self_closing = end > 0 && end < html.size() && html[end - 1] == '/';
  return SourceTag{std::move(name), closing, self_closing, end};
}

// Past the end of an element whose content is not parsed as tags.
std::size_t skip_raw(std::string_view html, std::size_t from, const std::string& name) {
  for (std::size_t at = html.find("</", from); at != std::string_view::npos; at = html.find("</", at + 2)) {
    if (lower(html.substr(at + 2, name.size())) == name) return at;
  }
  return html.size();
}

}  // namespace

std::size_t html_depth_bound(std::string_view html) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  bool foreign = false;  // in SVG and MathML nothing is void or closes by itself
  for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at)) {
    if (html.substr(at).starts_with("<!--")) {
      at = std::min(html.find("-->", at + 4), html.size());
      continue;
    }
    const auto tag = tag_at(html, at);
    if (!tag) {
      ++at;
      continue;
    }
    at = tag->end;
    foreign = foreign || tag->name == "svg" || tag->name == "math";
    const std::string_view name = tag->name;
    if (tag->closing) {
      if (depth > 0 && (foreign || !contains(kSelfLimiting, name))) --depth;
    } else if (name == "script" || name == "style") {
      at = skip_raw(html, at, tag->name);
    } else if (foreign ? !tag->self_closing : !contains(kVoidNames, name) && !contains(kSelfLimiting, name)) {
      deepest = std::max(deepest, ++depth);
    }
  }
  return deepest;
}

bool is_element(const GumboNode& node, GumboTag tag) {
  return node.type == GUMBO_NODE_ELEMENT && node.v.element.tag == tag;
}

std::string_view attribute(const GumboElement& element, const char* name) {
  const GumboAttribute* found = gumbo_get_attribute(&element.attributes, name);
  return found != nullptr ? found->value : "";
}

const GumboVector* children(const GumboNode& node) {
  if (node.type == GUMBO_NODE_ELEMENT) return &node.v.element.children;
  if (node.type == GUMBO_NODE_DOCUMENT) return &node.v.document.children;
  return nullptr;
}

bool is_dropped(const GumboNode& node) {
  if (node.type == GUMBO_NODE_COMMENT || node.type == GUMBO_NODE_TEMPLATE) return true;
  if (node.type != GUMBO_NODE_ELEMENT) return false;
  const GumboElement& element = node.v.element;
  if (contains(kDroppedTags, element.tag)) return true;
  if (contains(kDroppedRoles, attribute(element, "role"))) return true;
  return is_hidden(element) || is_note_mark(node);
}

bool is_frame(const GumboNode& node) {
  if (node.type != GUMBO_NODE_ELEMENT) return false;
  const GumboElement& element = node.v.element;
  if (element.tag == GUMBO_TAG_HEADER) return true;
  return has_frame_name(attribute(element, "class")) || has_frame_name(attribute(element, "id"));
}

bool is_block(GumboTag tag) { return !contains(kInlineTags, tag); }

TextShare TextShares::of(const GumboNode& node) const {
  const auto found = shares_.find(&node);
  return found != shares_.end() ? found->second : TextShare{};
}

TextShare TextShares::count(const GumboNode& node, bool in_link) {
  TextShare share;
  if (is_text(node)) {
    share.text = letters(node.v.text.text);
    if (in_link) share.linked = share.text;
    return share;
  }
  const GumboVector* below = children(node);
  if (below == nullptr || is_dropped(node)) return share;
  const bool link = is_element(node, GUMBO_TAG_A);
  if (link) share.links = 1;
  for (unsigned int i = 0; i < below->length; ++i) {
    const TextShare part = count(*static_cast<const GumboNode*>(below->data[i]), in_link || link);
    share.text += part.text;
    share.linked += part.linked;
    share.links += part.links;
  }
  shares_[&node] = share;
  return share;
}

std::string one_line(std::string_view text) {
  std::string out(text);
  std::ranges::replace(out, '\n', ' ');
  return out;
}

std::string text_below(const GumboNode& node) {
  std::string out;
  add_text(node, out);
  return out;
}

std::string source_text_below(const GumboNode& node) {
  if (is_text(node)) return node.v.text.text;
  std::string out;
  if (is_element(node, GUMBO_TAG_BR)) out += '\n';
  const GumboVector* below = children(node);
  for (unsigned int i = 0; below != nullptr && i < below->length; ++i) {
    out += source_text_below(*static_cast<const GumboNode*>(below->data[i]));
  }
  return out;
}

}  // namespace parley::knowledge
