// SPDX-License-Identifier: Apache-2.0
#include "net/response_head.hpp"

#include <array>
#include <ctime>
#include <utility>

namespace parley::net {
namespace {

constexpr std::array<std::pair<int, std::string_view>, 27> kReasons = {{
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {499, "Client Closed Request"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
}};

std::string_view reason(int status) {
  for (const auto& [known, text] : kReasons) {
    if (known == status) return text;
  }
  return "Status";
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  for (const auto& part : {name, std::string_view(": "), value}) {
    for (const char c : part) {
      const bool printable = static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
      out += printable || c == '\t' ? c : ' ';
    }
  }
  out += "\r\n";
}

// IMF-fixdate (RFC 9110, 5.6.7), whatever the locale.
std::string http_date(runtime::WallTime time) {
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  const int length = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                   kDays[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                                   kMonths[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                                   parts.tm_hour, parts.tm_min, parts.tm_sec);
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace

std::string format_head(const Response& response, const HeadOptions& options) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head += reason(response.status);
  head += "\r\n";
  for (const auto& [name, value] : response.headers.fields()) append_field(head, name, value);
  append_field(head, "Date", http_date(options.now));
  append_field(head, "X-Content-Type-Options", "nosniff");
  if (!options.correlation_id.empty()) append_field(head, "X-Request-Id", options.correlation_id);
  if (options.content_length) append_field(head, "Content-Length", std::to_string(*options.content_length));
  if (options.chunked) append_field(head, "Transfer-Encoding", "chunked");
  if (options.close) {
    append_field(head, "Connection", "close");
  } else if (options.http_1_0) {
    append_field(head, "Connection", "keep-alive");
  }
  return head + "\r\n";
}

std::string format_event(const ServerEvent& event) {
  std::string out;
  if (!event.name.empty()) {
    out += "event: ";
    for (const char c : event.name) out += c == '\n' || c == '\r' ? ' ' : c;
    out += '\n';
  }
  out += "data: ";
  for (std::size_t i = 0; i < event.data.size(); ++i) {
    const char c = event.data[i];
    const bool pair = c == '\r' && i + 1 < event.data.size() && event.data[i + 1] == '\n';
    if (pair) continue;
    if (c == '\n' || c == '\r') {
      out += "\ndata: ";
    } else {
      out += c;
    }
  }
  return out + "\n\n";
}

}  // namespace parley::net
