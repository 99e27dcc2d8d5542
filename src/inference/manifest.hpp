// SPDX-License-Identifier: Apache-2.0
// The list of models that Parley knows (config/models.json, which is part of the program).
#pragma once

#include "inference/types.hpp"
#include "runtime/result.hpp"

#include <string_view>
#include <vector>

namespace parley::inference {

// BAD_REQUEST, with the place as a JSON Pointer, when the list is malformed or something in it cannot be: a
// name or path that could leave its folder, an address that is not https, a checksum that is none, a size of
// nothing or above 16 GiB, a name given twice.
runtime::Result<std::vector<Model>> read_manifest(std::string_view json);

// The list that is part of the program.
std::string_view built_in_manifest();

}  // namespace parley::inference
