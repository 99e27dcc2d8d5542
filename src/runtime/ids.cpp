// SPDX-License-Identifier: Apache-2.0
#include "runtime/ids.hpp"

#include <array>
#include <stdexcept>

#include <openssl/rand.h>

namespace parley::runtime {

std::string make_id(std::string_view prefix) {
  std::array<unsigned char, 12> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error("the system's random generator failed");
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string id(prefix);
  id += '_';
  for (const unsigned char byte : bytes) {
    id += kDigits[byte >> 4];
    id += kDigits[byte & 15];
  }
  return id;
}

}  // namespace parley::runtime
