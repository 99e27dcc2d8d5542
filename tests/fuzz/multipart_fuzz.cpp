// SPDX-License-Identifier: Apache-2.0
// Any bytes as an HTML form: the first line is the content type, the rest is the body. Parts lie inside the
// body, in order, and their names are clean text.
#include "net/multipart.hpp"
#include "net/target.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

void expect(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley::net;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto line = std::min(input.find('\n'), input.size());
  const std::string_view body = input.substr(std::min(line + 1, input.size()));
  const auto parts = parse_form(input.substr(0, line), body);
  if (!parts) {
    expect(!parts.error().message.empty());
    return 0;
  }
  expect(parts->size() <= kMaxFormParts);
  const char* from = body.data();
  for (const auto& part : *parts) {
    expect(is_utf8(part.name) && is_utf8(part.filename.value_or("")));
    if (part.data.empty()) continue;
    expect(part.data.data() >= from && part.data.data() + part.data.size() <= body.data() + body.size());
    from = part.data.data() + part.data.size();
  }
  return 0;
}
