// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runtime/config.hpp"

#include <chrono>
#include <string>

namespace parley::accounts {

struct Config {
  std::string token_secret = {};  // empty: a key of this machine, made at the first start
  bool token_needed = false;

  void bind(runtime::ConfigSpec& spec);
  runtime::Result<> validate() const;
};

}  // namespace parley::accounts
