// SPDX-License-Identifier: Apache-2.0
// Who somebody is, once they have shown it.
#pragma once

#include <cstdint>
#include <string>

namespace parley::accounts {

enum class PrincipalKind : std::uint8_t { kLocal, kGuest, kUser };

struct Principal {
  PrincipalKind kind = PrincipalKind::kLocal;
  std::string id = "local";  // within its kind

  // "local", "guest:ID" or "user:ID": no two principals have the same. What a Context carries.
  std::string key() const {
    if (kind == PrincipalKind::kLocal) return "local";
    return (kind == PrincipalKind::kGuest ? "guest:" : "user:") + id;
  }
  bool operator==(const Principal&) const = default;
};

}  // namespace parley::accounts
