// SPDX-License-Identifier: Apache-2.0
// The families of models that sherpa-onnx computes, each with its files and the metadata that the engine ends
// the process without.
#pragma once

#include "inference/sherpa_model.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace parley::inference {

// A file of a family. `keys` are metadata: "name" is a list of whole numbers, "~name" any text.
struct SherpaRole {
  std::string_view name;
  std::span<const std::string_view> keys = {};
  bool optional = false;
};

struct SherpaRow {
  SherpaFamily family;
  SherpaTask task;
  std::string_view name;
  std::string_view model_type;  // of the first role's metadata; empty: any
  std::string_view without;     // a key that another family has
  std::vector<SherpaRole> roles;
};

// In the order in which a folder is compared with them: the first that fits it is.
const std::vector<SherpaRow>& sherpa_families();

}  // namespace parley::inference
