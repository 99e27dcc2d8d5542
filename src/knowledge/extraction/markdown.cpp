// SPDX-License-Identifier: Apache-2.0
#include "knowledge/extraction/formats.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

namespace parley::knowledge {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

// cmark handles each level of a line's containers anew on every line: this bounds the square of it.
constexpr std::size_t kMaxContainersInALine = 64;

struct FreeNode {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
};
using Tree = std::unique_ptr<cmark_node, FreeNode>;

Tree parse(std::string_view utf8) {
  // Registers global tables, once for the process.
  static const bool registered = [] {
    cmark_gfm_core_extensions_ensure_registered();
    return true;
  }();
  static_cast<void>(registered);
  const std::unique_ptr<cmark_parser, void (*)(cmark_parser*)> parser(
      cmark_parser_new(CMARK_OPT_DEFAULT | CMARK_OPT_FOOTNOTES), cmark_parser_free);
  for (const char* name : {"table", "strikethrough", "tasklist"}) {
    if (cmark_syntax_extension* extension = cmark_find_syntax_extension(name)) {
      cmark_parser_attach_syntax_extension(parser.get(), extension);
    }
  }
  cmark_parser_feed(parser.get(), utf8.data(), utf8.size());
  return Tree(cmark_parser_finish(parser.get()));
}

bool nests_too_deep(std::string_view utf8) {
  std::size_t containers = 0;
  bool at_start = true;
  char before = '\n';
  for (const char c : utf8) {
    const bool digit = c >= '0' && c <= '9';
    const bool number_end = (c == '.' || c == ')') && before >= '0' && before <= '9';
    before = c;
    if (c == '\n') {
      at_start = true;
      containers = 0;
    } else if (at_start && (c == '>' || c == '-' || c == '*' || c == '+' || number_end)) {
      if (++containers > kMaxContainersInALine) return true;
    } else if (c != ' ' && c != '\t' && !digit) {
      at_start = false;
    }
  }
  return false;
}

// A line of the same mark throughout nests nothing.
std::string without_long_rules(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  while (!utf8.empty()) {
    const std::size_t end = std::min(utf8.find('\n'), utf8.size());
    const std::string_view line = utf8.substr(0, end);
    const std::size_t first = line.find_first_not_of(" \t");
    const bool rule = line.size() > kMaxContainersInALine && first != std::string_view::npos &&
                      (line[first] == '-' || line[first] == '*') &&
                      line.find_first_not_of(std::string(" \t") + line[first]) == std::string_view::npos;
    out += rule ? line.substr(first, 3) : line;
    if (end < utf8.size()) out += '\n';
    utf8.remove_prefix(std::min(end + 1, utf8.size()));
  }
  return out;
}

// Takes "---" front matter off the text; gives its title.
std::string take_front_matter(std::string_view& utf8) {
  if (!utf8.starts_with("---\n")) return {};
  const std::size_t end = utf8.find("\n---\n", 3);
  if (end == std::string_view::npos) return {};
  std::string_view block = utf8.substr(4, end - 3);
  utf8.remove_prefix(end + 5);
  std::string title;
  while (!block.empty()) {
    const std::size_t stop = std::min(block.find('\n'), block.size());
    const std::string_view line = block.substr(0, stop);
    block.remove_prefix(std::min(stop + 1, block.size()));
    if (!line.starts_with("title:")) continue;
    title = clean_line(line.substr(6));
    const bool quoted =
        title.size() >= 2 && (title.front() == '"' || title.front() == '\'') && title.back() == title.front();
    if (quoted) title = title.substr(1, title.size() - 2);
  }
  return title;
}

class MarkdownReader {
 public:
  ExtractedText read(cmark_node* root, std::string title) {
    const std::unique_ptr<cmark_iter, void (*)(cmark_iter*)> iter(cmark_iter_new(root), cmark_iter_free);
    for (cmark_event_type event = cmark_iter_next(iter.get()); event != CMARK_EVENT_DONE;
         event = cmark_iter_next(iter.get())) {
      cmark_node* node = cmark_iter_get_node(iter.get());
      if (event == CMARK_EVENT_ENTER) {
        enter(node);
      } else {
        leave(node);
      }
    }
    return std::move(builder_).finish(std::move(title));
  }

 private:
  struct List {
    bool ordered;
    int number;
  };

  static bool is(cmark_node* node, const char* type) {
    return std::strcmp(cmark_node_get_type_string(node), type) == 0;
  }

  static std::string_view literal(cmark_node* node) {
    const char* text = cmark_node_get_literal(node);
    return text != nullptr ? text : "";
  }

  void enter(cmark_node* node) {
    const cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE) {
      if (images_ == 0) inline_ += literal(node);
    } else if (type == CMARK_NODE_SOFTBREAK) {
      inline_ += ' ';
    } else if (type == CMARK_NODE_LINEBREAK) {
      inline_ += '\n';
    } else if (type == CMARK_NODE_HTML_INLINE) {
      if (literal(node).starts_with("<br")) inline_ += '\n';
    } else if (type == CMARK_NODE_IMAGE) {
      ++images_;
    } else if (type == CMARK_NODE_LIST) {
      lists_.push_back(
          {cmark_node_get_list_type(node) == CMARK_ORDERED_LIST, cmark_node_get_list_start(node)});
    } else if (type == CMARK_NODE_ITEM || is(node, "tasklist")) {
      begin_item();
    } else if (type == CMARK_NODE_CODE_BLOCK) {
      builder_.verbatim(literal(node));
    } else if (type == CMARK_NODE_HTML_BLOCK) {
      // Anything nested beyond reason in there is left out, not a reason to refuse the document.
      const auto part = read_html(literal(node));
      if (part) builder_.append(*part);
    } else if (type == CMARK_NODE_THEMATIC_BREAK) {
      builder_.end_block();
    } else if (is(node, "table")) {
      builder_.end_block();
    } else if (is(node, "table_header") || is(node, "table_row")) {
      row_.clear();
    }
  }

  void leave(cmark_node* node) {
    const cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_HEADING) {
      builder_.heading(cmark_node_get_heading_level(node), take_inline());
    } else if (type == CMARK_NODE_PARAGRAPH) {
      add_paragraph(take_inline());
    } else if (type == CMARK_NODE_IMAGE) {
      --images_;
    } else if (type == CMARK_NODE_LIST) {
      lists_.pop_back();
      if (lists_.empty()) builder_.end_block();
    } else if (is(node, "table_cell")) {
      const std::string cell = clean_line(take_inline());
      if (!cell.empty()) row_ += (row_.empty() ? "" : ", ") + cell;
    } else if (is(node, "table_header") || is(node, "table_row")) {
      builder_.line(row_);
    } else if (is(node, "table")) {
      builder_.end_block();
    }
  }

  void begin_item() {
    if (lists_.empty()) return;
    List& list = lists_.back();
    marker_ = list.ordered ? std::to_string(list.number++) + ". " : "- ";
  }

  void add_paragraph(const std::string& text) {
    if (lists_.empty()) {
      builder_.paragraph(text);
      return;
    }
    std::string flat = text;
    std::ranges::replace(flat, '\n', ' ');
    if (!clean_line(flat).empty()) builder_.line(std::exchange(marker_, {}) + flat);
  }

  std::string take_inline() { return std::exchange(inline_, {}); }

  TextBuilder builder_;
  std::string inline_;
  std::string row_;
  std::string marker_;
  std::vector<List> lists_;
  int images_ = 0;
};

}  // namespace

Result<ExtractedText> read_markdown(std::string_view utf8) {
  std::string title = take_front_matter(utf8);
  const std::string source = without_long_rules(utf8);
  if (nests_too_deep(source)) return Error{ErrorCode::kBadRequest, "the document is nested too deeply"};
  const Tree tree = parse(source);
  return MarkdownReader().read(tree.get(), std::move(title));
}

}  // namespace parley::knowledge
