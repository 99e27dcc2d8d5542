// SPDX-License-Identifier: Apache-2.0
#include "net/multipart.hpp"

#include "net/field_text.hpp"
#include "net/target.hpp"

#include <algorithm>
#include <cctype>

namespace parley::net {
namespace {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

constexpr std::size_t kMaxBoundary = 70;  // RFC 2046, 5.1.1

Error malformed(std::string why) { return {ErrorCode::kBadRequest, "the form " + std::move(why)}; }

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// A header value of the form "essence; name=value; name=\"quoted\"". Names in lower case.
struct Parametrised {
  std::string essence;
  std::vector<std::pair<std::string, std::string>> params;

  std::optional<std::string> param(std::string_view name) const {
    for (const auto& [key, value] : params) {
      if (key == name) return value;
    }
    return std::nullopt;
  }
};

// Reads a quoted string at the start of `text` and removes it. Only \" and \\ are escapes: browsers send the
// other backslashes of a Windows path as they are.
std::optional<std::string> take_quoted(std::string_view& text) {
  std::string out;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const bool escape = text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\');
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return out;
    }
    if (escape) ++i;
    out += text[i];
  }
  return std::nullopt;
}

std::optional<Parametrised> parse_parametrised(std::string_view text) {
  Parametrised out;
  const auto end = std::min(text.find(';'), text.size());
  out.essence = lowered(trimmed(text.substr(0, end)));
  text.remove_prefix(end);
  while (!text.empty()) {
    text = trimmed(text.substr(1));
    if (text.empty()) break;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    std::string key = lowered(trimmed(text.substr(0, equals)));
    text = trimmed(text.substr(equals + 1));
    std::string value;
    if (text.starts_with('"')) {
      auto quoted = take_quoted(text);
      if (!quoted) return std::nullopt;
      value = std::move(*quoted);
      text = trimmed(text);
      if (!text.empty() && text.front() != ';') return std::nullopt;
    } else {
      const auto stop = std::min(text.find(';'), text.size());
      value = trimmed(text.substr(0, stop));
      text.remove_prefix(stop);
    }
    out.params.emplace_back(std::move(key), std::move(value));
  }
  return out;
}

// Browsers write a quote of a file name as %22 and line ends as %0D, %0A (HTML Living Standard, 4.10.22.8).
std::string browser_unescaped(std::string text) {
  for (const auto& [code, plain] : {std::pair{"%22", "\""}, {"%0D", " "}, {"%0A", " "}}) {
    for (auto at = text.find(code); at != std::string::npos; at = text.find(code, at))
      text.replace(at, 3, plain);
  }
  return text;
}

Result<> read_part_header(std::string_view block, FormPart& part) {
  bool named = false;
  while (!block.empty()) {
    const auto end = std::min(block.find("\r\n"), block.size());
    const auto line = block.substr(0, end);
    block.remove_prefix(std::min(end + 2, block.size()));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return malformed("has a part whose header is malformed");
    const std::string key = lowered(line.substr(0, colon));
    const auto value = trimmed(line.substr(colon + 1));
    if (key == "content-type") part.content_type = value;
    if (key != "content-disposition") continue;
    const auto disposition = parse_parametrised(value);
    if (!disposition || disposition->essence != "form-data" || !disposition->param("name")) {
      return malformed("has a part without a field name");
    }
    named = true;
    part.name = browser_unescaped(*disposition->param("name"));
    const auto filename = disposition->param("filename");
    if (filename) part.filename = browser_unescaped(*filename);
  }
  if (!named) return malformed("has a part without a field name");
  const bool clean = is_utf8(part.name) && is_utf8(part.filename.value_or("")) &&
                     part.name.find('\0') == std::string::npos &&
                     part.filename.value_or("").find('\0') == std::string::npos;
  if (!clean) return malformed("has a name that is not UTF-8 text");
  return {};
}

// Removes what follows a delimiter: "--" for the last, else the end of its line. True when it was the last.
Result<bool> take_delimiter_end(std::string_view& rest) {
  if (rest.starts_with("--")) return true;
  const auto padding = std::min(rest.find_first_not_of(" \t"), rest.size());
  rest.remove_prefix(padding);
  if (!rest.starts_with("\r\n")) return malformed("has a malformed boundary line");
  rest.remove_prefix(2);
  return false;
}

Result<std::vector<FormPart>> read_parts(const std::string& boundary, std::string_view body) {
  const std::string delimiter = "\r\n--" + boundary;
  std::string_view rest = body;
  if (rest.starts_with(std::string_view(delimiter).substr(2))) {
    rest.remove_prefix(delimiter.size() - 2);
  } else {
    const auto preamble = rest.find(delimiter);
    if (preamble == std::string_view::npos) return malformed("does not hold its boundary");
    rest.remove_prefix(preamble + delimiter.size());
  }
  std::vector<FormPart> parts;
  for (;;) {
    const auto last = take_delimiter_end(rest);
    if (!last) return last.error();
    if (*last) return parts;
    if (parts.size() == kMaxFormParts) return malformed("has too many parts");
    const auto blank = rest.substr(0, kMaxFormPartHeader).find("\r\n\r\n");
    if (blank == std::string_view::npos) return malformed("has a part whose header does not end");
    FormPart part;
    const auto read = read_part_header(rest.substr(0, blank), part);
    if (!read) return read.error();
    // The line end before the delimiter belongs to the delimiter; an empty part shares it with its header.
    rest.remove_prefix(blank + 2);
    const auto end = rest.find(delimiter);
    if (end == std::string_view::npos) return malformed("ends in the middle of a part");
    part.data = end == 0 ? std::string_view() : rest.substr(2, end - 2);
    parts.push_back(std::move(part));
    rest.remove_prefix(end + delimiter.size());
  }
}

}  // namespace

Result<std::vector<FormPart>> parse_form(std::string_view content_type, std::string_view body) {
  const auto type = parse_parametrised(content_type);
  if (!type || type->essence != "multipart/form-data") {
    return Error{ErrorCode::kUnsupportedMedia, "the body must be multipart/form-data", "Content-Type"};
  }
  const auto boundary = type->param("boundary");
  if (!boundary || boundary->empty() || boundary->size() > kMaxBoundary) {
    return Error{ErrorCode::kBadRequest, "the form's boundary is missing or too long", "Content-Type"};
  }
  return read_parts(*boundary, body);
}

}  // namespace parley::net
