// SPDX-License-Identifier: Apache-2.0
// The library sherpa-onnx (https://github.com/k2-fsa/sherpa-onnx, Apache-2.0), which computes neural speech
// recognition and synthesis: found and loaded at run time, never linked.
#pragma once

#include "inference/sherpa_abi.hpp"
#include "runtime/result.hpp"

#include <string>
#include <string_view>

namespace parley::inference {

class SherpaOnnx {
 public:
  // The library, loaded once for the process. `configured` is its file or a folder with it; empty: the
  // system's, or that of the npm package sherpa-onnx-linux-x64 where npm installs for all users. It is never
  // unloaded, so a process uses the first that could be loaded.
  //   MODEL_REQUIRED     there is none; the message says how to get it
  //   UNSUPPORTED_MEDIA  it has another version than 1.13.4, or is not this library
  // Thread-safe; blocks on the disk.
  static runtime::Result<const SherpaOnnx*> open(std::string_view configured);

  const sherpa::Functions& functions() const { return functions_; }
  const std::string& file() const { return file_; }

 private:
  SherpaOnnx() = default;
  static runtime::Result<const SherpaOnnx*> load(const std::string& file);

  sherpa::Functions functions_{};
  std::string file_;
};

// Calls into the engine, which throws what it cannot compute. `what` becomes the message, with the engine's
// own behind it.
template <class F>
auto guarded(runtime::ErrorCode code, std::string_view what, F&& call) -> runtime::Result<decltype(call())> {
  try {
    return call();
  } catch (const std::exception& caught) {
    return runtime::Error{code, std::string(what) + ": " + std::string(caught.what()).substr(0, 300)};
  } catch (...) {
    return runtime::Error{code, std::string(what)};
  }
}

}  // namespace parley::inference
