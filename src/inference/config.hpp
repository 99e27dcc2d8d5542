// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runtime/config.hpp"

#include <string>
#include <vector>

namespace parley::inference {

struct Config {
  std::string folder = {};  // of the models; whoever opens the store sets it where the configuration does not
  std::string manifest = {};              // JSON file with a list of one's own; empty: the built-in one
  std::vector<std::string> mirrors = {};  // tried before the list's own address, as MIRROR/MODEL/FILE

  // The library of sherpa-onnx, or a folder with it; empty: the system's, or npm's.
  std::string sherpa_onnx = {};
  // Whether each model of it has a process of its own.
  bool isolate = true;

  void bind(runtime::ConfigSpec& spec);  // section "models"
  runtime::Result<> validate() const;
};

}  // namespace parley::inference
