// SPDX-License-Identifier: Apache-2.0
#include "text/xml_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace parley::text {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == ':' || c == '.';
}

// False for what is no character.
bool append_utf8(std::string& out, std::uint32_t point) {
  if (point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
  if (point < 0x80) {
    out += static_cast<char>(point);
    return true;
  }
  const int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  constexpr auto kLead = std::to_array<std::uint32_t>({0, 0xC0, 0xE0, 0xF0});
  out += static_cast<char>(kLead[static_cast<std::size_t>(more)] | (point >> (6 * more)));
  for (int i = more - 1; i >= 0; --i) out += static_cast<char>(0x80 | ((point >> (6 * i)) & 0x3F));
  return true;
}

}  // namespace

std::string_view XmlPiece::attribute(std::string_view key) const {
  const auto found = std::ranges::find(attributes, key, &std::pair<std::string, std::string>::first);
  return found == attributes.end() ? std::string_view() : std::string_view(found->second);
}

Error XmlReader::error_at(std::size_t position, std::string_view message) const {
  const auto before = text_.substr(0, position);
  const auto line = 1 + std::ranges::count(before, '\n');
  const auto column = position - (before.rfind('\n') + 1) + 1;
  return {ErrorCode::kBadRequest,
          "line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + std::string(message),
          "ssml"};
}

bool XmlReader::skip(std::string_view word) {
  if (!text_.substr(at_).starts_with(word)) return false;
  at_ += word.size();
  return true;
}

bool XmlReader::skip_until(std::string_view end) {
  const auto found = text_.find(end, at_);
  if (found == std::string_view::npos) return false;
  at_ = found + end.size();
  return true;
}

void XmlReader::skip_space() {
  while (at_ < text_.size() && is_space(text_[at_])) ++at_;
}

std::string XmlReader::name() {
  const auto begin = at_;
  while (at_ < text_.size() && is_name_char(text_[at_])) ++at_;
  return std::string(text_.substr(begin, at_ - begin));
}

Result<std::string> XmlReader::decode(std::string_view raw, std::size_t position) const {
  static constexpr auto kEntities = std::to_array<std::pair<std::string_view, char>>(
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}});
  std::string out;
  for (std::size_t at = 0; at < raw.size();) {
    if (raw[at] != '&') {
      out += raw[at++];
      continue;
    }
    const auto end = raw.find(';', at);
    if (end == std::string_view::npos)
      return error_at(position + at, "an '&' that begins no entity is written &amp;");
    auto entity = raw.substr(at + 1, end - at - 1);
    const auto* known = std::ranges::find(kEntities, entity, &std::pair<std::string_view, char>::first);
    if (known != kEntities.end()) {
      out += known->second;
    } else if (entity.starts_with('#')) {
      const bool hex = entity.starts_with("#x");
      entity.remove_prefix(hex ? 2 : 1);
      std::uint32_t point = 0;
      const auto parsed = std::from_chars(entity.data(), entity.data() + entity.size(), point, hex ? 16 : 10);
      const bool whole =
          !entity.empty() && parsed.ec == std::errc() && parsed.ptr == entity.data() + entity.size();
      const bool valid = point >= 0x20 || point == '\n' || point == '\t';
      if (!whole || !valid || !append_utf8(out, point)) return error_at(position + at, "no such character");
    } else {
      return error_at(position + at, "the entity &" + std::string(entity.substr(0, 32)) + "; is not known");
    }
    at = end + 1;
  }
  return out;
}

Result<XmlPiece> XmlReader::next() {
  if (closes_itself_) {
    closes_itself_ = false;
    XmlPiece piece{XmlPiece::Kind::kClose, path_.back(), {}, {}};
    path_.pop_back();
    return piece;
  }
  while (at_ < text_.size()) {
    start_ = at_;
    if (path_.empty()) {
      skip_space();
      start_ = at_;
      if (at_ == text_.size()) break;
    }
    if (skip("<!--")) {
      if (!skip_until("-->")) return error("the comment does not end");
    } else if (skip("<?")) {
      if (!skip_until("?>")) return error("the declaration does not end");
    } else if (text_.substr(at_).starts_with("<![CDATA[")) {
      return cdata();
    } else if (text_.substr(at_).starts_with("<!")) {
      return error("document types are not read");
    } else if (text_.substr(at_).starts_with("</")) {
      return close();
    } else if (text_[at_] == '<') {
      return open();
    } else {
      return characters();
    }
  }
  start_ = at_;
  if (!path_.empty()) return error("<" + path_.back() + "> is not closed");
  if (!rooted_) return error("there is no element");
  return XmlPiece{};
}

Result<XmlPiece> XmlReader::open() {
  ++at_;
  XmlPiece piece{XmlPiece::Kind::kOpen, name(), {}, {}};
  if (piece.name.empty()) return error("a '<' that begins no element is written &lt;");
  if (path_.empty() && rooted_) return error("there is more than one outermost element");
  if (path_.size() >= deepest_) return error("too many elements inside each other");
  while (true) {
    const auto before = at_;
    skip_space();
    closes_itself_ = skip("/>");
    if (closes_itself_ || skip(">")) break;
    if (before == at_) return error_at(at_, "the tag <" + piece.name + "> does not end");
    const auto position = at_;
    std::string key = name();
    skip_space();
    if (key.empty() || !skip("=")) return error_at(position, "an attribute is written name=\"value\"");
    skip_space();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote != '"' && quote != '\'') return error_at(at_, "the value of " + key + " is not in quotes");
    const auto end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) return error_at(at_, "the value of " + key + " does not end");
    const auto raw = text_.substr(at_ + 1, end - at_ - 1);
    if (raw.find('<') != std::string_view::npos) return error_at(at_, "a '<' in a value is written &lt;");
    auto value = decode(raw, at_ + 1);
    if (!value) return value.error();
    if (!piece.attribute(key).empty()) return error_at(position, "the attribute " + key + " stands twice");
    piece.attributes.emplace_back(std::move(key), std::move(*value));
    at_ = end + 1;
  }
  rooted_ = true;
  path_.push_back(piece.name);
  return piece;
}

Result<XmlPiece> XmlReader::close() {
  at_ += 2;
  XmlPiece piece{XmlPiece::Kind::kClose, name(), {}, {}};
  skip_space();
  if (!skip(">")) return error("the tag </" + piece.name + "> does not end");
  if (path_.empty()) return error("</" + piece.name + "> closes nothing");
  if (path_.back() != piece.name) return error("</" + piece.name + "> where </" + path_.back() + "> is due");
  path_.pop_back();
  return piece;
}

Result<XmlPiece> XmlReader::characters() {
  const auto end = std::min(text_.find('<', at_), text_.size());
  if (path_.empty()) return error("text outside of an element");
  auto text = decode(text_.substr(at_, end - at_), at_);
  if (!text) return text.error();
  at_ = end;
  return XmlPiece{XmlPiece::Kind::kText, {}, std::move(*text), {}};
}

Result<XmlPiece> XmlReader::cdata() {
  constexpr std::size_t kOpening = std::string_view("<![CDATA[").size();
  if (path_.empty()) return error("text outside of an element");
  const auto end = text_.find("]]>", at_);
  if (end == std::string_view::npos) return error("the CDATA section does not end");
  std::string text(text_.substr(at_ + kOpening, end - at_ - kOpening));
  at_ = end + 3;
  return XmlPiece{XmlPiece::Kind::kText, {}, std::move(text), {}};
}

}  // namespace parley::text
