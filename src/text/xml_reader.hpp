// SPDX-License-Identifier: Apache-2.0
// Reads XML one piece after the other, as far as short documents of our own kind need it: elements,
// attributes, text, the five entities and character references, comments, CDATA and a leading declaration. No
// document types and no namespaces. Checks that elements close in order.
#pragma once

#include "runtime/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parley::text {

struct XmlPiece {
  enum class Kind { kOpen, kClose, kText, kEnd };
  Kind kind = Kind::kEnd;
  std::string name;  // of the element
  std::string text;  // decoded
  std::vector<std::pair<std::string, std::string>> attributes;

  // Empty when there is none.
  std::string_view attribute(std::string_view key) const;
};

// The text must be valid UTF-8 and outlive the reader. One thread at a time.
class XmlReader {
 public:
  XmlReader(std::string_view text, std::size_t deepest) : text_(text), deepest_(deepest) {}

  // The next piece; an element that closes itself gives two. kEnd once the outermost element is closed and
  // nothing else follows. BAD_REQUEST, with line and column, for what is not well-formed.
  runtime::Result<XmlPiece> next();

  // An error at the beginning of the last piece.
  runtime::Error error(std::string_view message) const { return error_at(start_, message); }

 private:
  runtime::Error error_at(std::size_t position, std::string_view message) const;
  bool skip(std::string_view word);
  bool skip_until(std::string_view end);
  void skip_space();
  std::string name();
  runtime::Result<std::string> decode(std::string_view raw, std::size_t position) const;
  runtime::Result<XmlPiece> open();
  runtime::Result<XmlPiece> close();
  runtime::Result<XmlPiece> characters();
  runtime::Result<XmlPiece> cdata();

  std::string_view text_;
  std::size_t deepest_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;
  std::vector<std::string> path_;
  bool rooted_ = false;
  bool closes_itself_ = false;
};

}  // namespace parley::text
