// SPDX-License-Identifier: Apache-2.0
#include "net/target.hpp"

#include <algorithm>
#include <cstdint>

namespace parley::net {
namespace {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Error bad_target(std::string why) { return {ErrorCode::kBadRequest, "the request target " + std::move(why)}; }

// Printable ASCII but the space; clients percent-encode the rest.
bool may_stand_in_target(char c) { return c > 0x20 && c < 0x7f; }

bool is_clean_text(std::string_view text) {
  return text.find('\0') == std::string_view::npos && is_utf8(text);
}

Result<> read_query(std::string_view text, Target& out) {
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto field = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (field.empty()) continue;
    if (out.query.size() == kMaxQueryFields) return bad_target("has too many query fields");
    const auto equals = field.find('=');
    auto key = percent_decode(field.substr(0, equals), true);
    auto value = percent_decode(equals == std::string_view::npos ? "" : field.substr(equals + 1), true);
    if (!key || !value) return bad_target("has broken percent-encoding in its query");
    if (!is_clean_text(*key) || !is_clean_text(*value))
      return bad_target("has a query that is not UTF-8 text");
    out.query.emplace_back(std::move(*key), std::move(*value));
  }
  return {};
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<std::uint8_t>(text[i]);
    std::size_t more = 0;
    std::uint32_t point = lead;
    std::uint32_t least = 0;
    if (lead >= 0xf0 && lead < 0xf8) {
      more = 3, point = lead & 0x07U, least = 0x10000;
    } else if (lead >= 0xe0 && lead < 0xf0) {
      more = 2, point = lead & 0x0fU, least = 0x800;
    } else if (lead >= 0xc0 && lead < 0xe0) {
      more = 1, point = lead & 0x1fU, least = 0x80;
    } else if (lead >= 0x80) {
      return false;
    }
    if (text.size() - i <= more) return false;
    for (std::size_t k = 1; k <= more; ++k) {
      const auto byte = static_cast<std::uint8_t>(text[i + k]);
      if ((byte & 0xc0U) != 0x80) return false;
      point = (point << 6U) | (byte & 0x3fU);
    }
    if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return false;
    i += more + 1;
  }
  return true;
}

std::optional<std::string> percent_decode(std::string_view text, bool form) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && form) {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      if (text.size() - i < 3) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return decoded;
}

std::optional<std::vector<std::string>> path_segments(std::string_view encoded_path) {
  std::vector<std::string> segments;
  if (encoded_path.empty() || encoded_path.front() != '/') return std::nullopt;
  encoded_path.remove_prefix(1);
  for (;;) {
    const auto slash = encoded_path.find('/');
    auto decoded = percent_decode(encoded_path.substr(0, slash));
    if (!decoded) return std::nullopt;
    segments.push_back(std::move(*decoded));
    if (slash == std::string_view::npos) return segments;
    encoded_path.remove_prefix(slash + 1);
  }
}

Result<Target> parse_target(std::string_view target) {
  if (target.empty()) return bad_target("is empty");
  if (!std::all_of(target.begin(), target.end(), may_stand_in_target)) {
    return bad_target("holds a character that must be percent-encoded");
  }
  Target out;
  std::string_view rest = target;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    rest.remove_prefix(scheme.size());
    const auto end = std::min(rest.find_first_of("/?"), rest.size());
    out.authority = rest.substr(0, end);
    if (out.authority.empty()) return bad_target("names no host");
    rest.remove_prefix(end);
    break;
  }
  rest = rest.substr(0, rest.find('#'));
  const auto question = std::min(rest.find('?'), rest.size());
  const bool implied_root = question == 0 && !out.authority.empty();
  out.encoded_path = implied_root ? "/" : std::string(rest.substr(0, question));
  if (out.encoded_path != "*" && !out.encoded_path.starts_with('/')) return bad_target("is not a path");
  auto path = percent_decode(out.encoded_path);
  if (!path) return bad_target("has broken percent-encoding in its path");
  if (!is_clean_text(*path)) return bad_target("has a path that is not UTF-8 text");
  out.path = std::move(*path);
  if (question < rest.size()) {
    const auto read = read_query(rest.substr(question + 1), out);
    if (!read) return read.error();
  }
  return out;
}

}  // namespace parley::net
