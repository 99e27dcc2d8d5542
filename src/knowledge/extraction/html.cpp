// SPDX-License-Identifier: Apache-2.0
#include "knowledge/extraction/formats.hpp"
#include "knowledge/extraction/html_tree.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace parley::knowledge {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

// A main element or a lone article is the content when it holds this share of the page's unlinked text.
constexpr double kMainShare = 0.3;
// A block of at least so many links, short ones and most of its text, is a menu.
constexpr std::size_t kMenuLinks = 4;
constexpr std::size_t kMenuLinkLetters = 30;
constexpr double kMenuLinkedShare = 0.75;
// A form that holds this share of the page is the page (as some frameworks make it), not a form in it.
constexpr double kPageFormShare = 0.5;
// A table with a cell of so many bytes lays the page out; it is no data.
constexpr std::size_t kLayoutCellBytes = 600;

struct DestroyOutput {
  void operator()(GumboOutput* output) const { gumbo_destroy_output(&kGumboDefaultOptions, output); }
};
using Page = std::unique_ptr<GumboOutput, DestroyOutput>;

template <class F>
void each_child(const GumboNode& node, F visit) {
  const GumboVector* below = children(node);
  for (unsigned int i = 0; below != nullptr && i < below->length; ++i) {
    visit(*static_cast<const GumboNode*>(below->data[i]));
  }
}

// The first node below `node` that `wanted` accepts, in document order.
template <class F>
const GumboNode* find_node(const GumboNode& node, const F& wanted) {
  if (wanted(node)) return &node;
  const GumboNode* found = nullptr;
  each_child(node, [&](const GumboNode& child) {
    if (found == nullptr) found = find_node(child, wanted);
  });
  return found;
}

const GumboNode* find_tag(const GumboNode& node, GumboTag tag) {
  return find_node(node, [tag](const GumboNode& candidate) { return is_element(candidate, tag); });
}

int heading_level(GumboTag tag) {
  return tag >= GUMBO_TAG_H1 && tag <= GUMBO_TAG_H6
             ? static_cast<int>(tag) - static_cast<int>(GUMBO_TAG_H1) + 1
             : 0;
}

std::size_t unlinked(const TextShare& share) { return share.text - share.linked; }

// The element that holds the page's content, and whether it is named so by the page itself.
struct Content {
  const GumboNode* root;
  bool named;
};

Content find_content(const GumboNode& body, const TextShares& shares) {
  const auto whole = static_cast<double>(unlinked(shares.of(body)));
  const auto holds_enough = [&](const GumboNode* node) {
    return node != nullptr && static_cast<double>(unlinked(shares.of(*node))) >= kMainShare * whole;
  };
  const GumboNode* main = find_node(body, [](const GumboNode& node) {
    return is_element(node, GUMBO_TAG_MAIN) ||
           (node.type == GUMBO_NODE_ELEMENT && attribute(node.v.element, "role") == "main");
  });
  if (holds_enough(main)) return {main, true};
  const GumboNode* article = find_tag(body, GUMBO_TAG_ARTICLE);
  std::size_t articles = 0;
  static_cast<void>(find_node(body, [&](const GumboNode& node) {
    articles += is_element(node, GUMBO_TAG_ARTICLE) ? 1 : 0;
    return articles > 1;
  }));
  if (articles == 1 && holds_enough(article)) return {article, true};
  return {&body, false};
}

class PageReader {
 public:
  // `strict` leaves out frames and menus; a page that is nothing else is read without.
  PageReader(const TextShares& shares, Content content, bool strict)
      : shares_(shares), content_(content), strict_(strict) {}

  TextBuilder read() {
    walk_children(*content_.root);
    flush();
    return std::move(builder_);
  }

 private:
  struct List {
    bool ordered;
    int number;
  };

  void walk(const GumboNode& node) {
    if (is_dropped(node) || (strict_ && is_left_out(node))) return;
    if (node.type != GUMBO_NODE_ELEMENT) {
      if (children(node) == nullptr) inline_ += one_line(node.v.text.text);
      return;
    }
    const GumboTag tag = node.v.element.tag;
    if (const int level = heading_level(tag)) return add_heading(level, node);
    switch (tag) {
      case GUMBO_TAG_BR:
        inline_ += '\n';
        return;
      case GUMBO_TAG_PRE:
        flush();
        return builder_.verbatim(source_text_below(node));
      case GUMBO_TAG_UL:
      case GUMBO_TAG_OL:
        return add_list(node, tag == GUMBO_TAG_OL);
      case GUMBO_TAG_LI:
        return add_item(node);
      case GUMBO_TAG_DT:
        flush();
        term_ = clean_line(text_below(node));
        return;
      case GUMBO_TAG_DD:
        return add_definition(node);
      case GUMBO_TAG_TABLE:
        if (is_data_table(node)) return add_table(node);
        break;
      default:
        break;
    }
    if (!is_block(tag)) return walk_children(node);
    flush();
    walk_children(node);
    flush();
  }

  void walk_children(const GumboNode& node) {
    each_child(node, [this](const GumboNode& child) { walk(child); });
  }

  bool is_left_out(const GumboNode& node) const {
    if (node.type != GUMBO_NODE_ELEMENT) return false;
    const TextShare share = shares_.of(node);
    if (is_element(node, GUMBO_TAG_FORM)) {
      const auto page = static_cast<double>(shares_.of(*content_.root).text);
      return static_cast<double>(share.text) < kPageFormShare * page;
    }
    if (!content_.named && is_frame(node)) return true;
    const GumboTag tag = node.v.element.tag;
    return is_block(tag) && tag != GUMBO_TAG_P && heading_level(tag) == 0 && share.links >= kMenuLinks &&
           share.linked <= share.links * kMenuLinkLetters &&
           static_cast<double>(share.linked) >= kMenuLinkedShare * static_cast<double>(share.text);
  }

  void add_heading(int level, const GumboNode& node) {
    flush();
    builder_.heading(level, one_line(text_below(node)));
  }

  void add_list(const GumboNode& node, bool ordered) {
    flush();
    if (lists_.empty()) builder_.end_block();
    lists_.push_back({ordered, 1});
    walk_children(node);
    flush();
    lists_.pop_back();
    if (lists_.empty()) builder_.end_block();
  }

  void add_item(const GumboNode& node) {
    flush();
    const bool ordered = !lists_.empty() && lists_.back().ordered;
    marker_ = ordered ? std::to_string(lists_.back().number++) + ". " : "- ";
    walk_children(node);
    flush();
    marker_.clear();
  }

  // "term: definition"; further definitions of the same term stand alone.
  void add_definition(const GumboNode& node) {
    flush();
    const std::string term = std::exchange(term_, {});
    const bool joined = !term.empty() && term.back() != ':';
    builder_.line(term + (joined ? ": " : " ") + one_line(text_below(node)));
  }

  static bool is_data_table(const GumboNode& table) {
    const auto lays_out = [&table](const GumboNode& node) {
      if (&node == &table) return false;
      if (is_element(node, GUMBO_TAG_TABLE)) return true;
      if (node.type == GUMBO_NODE_ELEMENT && heading_level(node.v.element.tag) != 0) return true;
      return is_element(node, GUMBO_TAG_TD) && text_below(node).size() > kLayoutCellBytes;
    };
    return find_node(table, lays_out) == nullptr;
  }

  void add_table(const GumboNode& table) {
    flush();
    builder_.end_block();
    add_rows(table);
    builder_.end_block();
  }

  void add_rows(const GumboNode& node) {
    each_child(node, [this](const GumboNode& child) {
      if (is_dropped(child)) return;
      if (is_element(child, GUMBO_TAG_TR)) {
        add_row(child);
      } else if (is_element(child, GUMBO_TAG_CAPTION)) {
        builder_.line(one_line(text_below(child)));
      } else {
        add_rows(child);
      }
    });
  }

  void add_row(const GumboNode& row) {
    std::string line;
    each_child(row, [&](const GumboNode& child) {
      if (!is_element(child, GUMBO_TAG_TD) && !is_element(child, GUMBO_TAG_TH)) return;
      const std::string cell = clean_line(text_below(child));
      if (!cell.empty()) line += (line.empty() ? "" : ", ") + cell;
    });
    builder_.line(line);
  }

  void flush() {
    const std::string text = std::exchange(inline_, {});
    if (clean_line(text).empty()) return;
    if (lists_.empty()) {
      builder_.paragraph(std::exchange(marker_, {}) + text);
    } else {
      builder_.line(std::exchange(marker_, {}) + one_line(text));
    }
  }

  const TextShares& shares_;
  const Content content_;
  const bool strict_;
  TextBuilder builder_;
  std::string inline_;
  std::string marker_;
  std::string term_;
  std::vector<List> lists_;
};

// <title>, or the first h1 where the title only adds the site's name to it.
std::string page_title(const GumboNode& root) {
  const GumboNode* title = find_node(root, [](const GumboNode& node) {
    return is_element(node, GUMBO_TAG_TITLE) && node.v.element.tag_namespace == GUMBO_NAMESPACE_HTML;
  });
  const GumboNode* heading = find_tag(root, GUMBO_TAG_H1);
  const std::string named = title != nullptr ? clean_line(text_below(*title)) : std::string();
  const std::string first = heading != nullptr ? clean_line(text_below(*heading)) : std::string();
  const bool extended = !first.empty() && named.find(first) != std::string::npos;
  return named.empty() || extended ? first : named;
}

}  // namespace

Result<ExtractedText> read_html(std::string_view utf8) {
  if (html_depth_bound(utf8) > kMaxHtmlDepth)
    return Error{ErrorCode::kBadRequest, "the page is nested too deeply"};
  const Page page(gumbo_parse_with_options(&kGumboDefaultOptions, utf8.data(), utf8.size()));
  const GumboNode& root = *page->root;
  const GumboNode* body = find_tag(root, GUMBO_TAG_BODY);
  if (body == nullptr) body = &root;
  const TextShares shares(*body);
  const Content content = find_content(*body, shares);
  TextBuilder text = PageReader(shares, content, true).read();
  if (text.empty()) text = PageReader(shares, {body, false}, false).read();
  return std::move(text).finish(page_title(root));
}

}  // namespace parley::knowledge
