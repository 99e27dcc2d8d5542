// SPDX-License-Identifier: Apache-2.0
#include "inference/config.hpp"

namespace parley::inference {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

void Config::bind(runtime::ConfigSpec& spec) {
  spec.bind("models.folder", folder, "where models are kept; empty: models in the data directory");
  spec.bind("models.manifest", manifest, "list of models (JSON) in place of the built-in one");
  spec.bind("models.mirrors", mirrors, "addresses tried first when a model is fetched, as MIRROR/MODEL/FILE");
  spec.bind("models.sherpa_onnx", sherpa_onnx,
            "library sherpa-onnx 1.13.4, or its folder; empty: the system's, or npm's global one");
  spec.bind("models.isolate", isolate,
            "neural models run in processes of their own, so that one that crashes ends nothing else");
}

Result<> Config::validate() const {
  for (const std::string& mirror : mirrors) {
    if (!mirror.starts_with("https://") && !mirror.starts_with("http://")) {
      return Error{ErrorCode::kBadRequest, "a mirror is an http or https address", "models.mirrors"};
    }
  }
  return {};
}

}  // namespace parley::inference
