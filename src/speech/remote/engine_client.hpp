// SPDX-License-Identifier: Apache-2.0
// Asking a neural engine in a process of its own.
#pragma once

#include "inference/engine_host.hpp"
#include "inference/sherpa_onnx.hpp"
#include "runtime/result.hpp"
#include "speech/neural_models.hpp"
#include "speech/remote/engine_messages.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace parley::speech {

// An engine that is silent for longer than this, and for what the length of a task adds, hangs: recognising
// and speaking take less than the speech does, on a machine that is not overloaded.
inline constexpr std::chrono::seconds kEnginePatience{15};

// A request that is begun.
inference::EngineMessageWriter engine_request(EngineRequest kind);

struct NoAnswer {};  // but that it is done
inline void read(inference::EngineMessageReader& /*from*/, NoAnswer& /*nothing*/) {}
inline void read(inference::EngineMessageReader& from, std::string& text) { text = from.text(); }
inline void read(inference::EngineMessageReader& from, std::vector<std::int16_t>& samples) {
  samples = from.samples();
}

// Asks and reads the answer. An engine that answers with what is no answer is given up. Errors are those of
// the engine, and SERVICE_UNAVAILABLE when it has ended.
template <class T>
runtime::Result<T> ask_engine(inference::EngineProcess& process, const inference::EngineConnection& line,
                              inference::EngineMessageWriter message, std::chrono::milliseconds patience) {
  const auto answer = line.ask(message.take(), patience);
  if (!answer) return answer.error();
  inference::EngineMessageReader from(*answer);
  const auto kind = static_cast<EngineAnswer>(from.number());
  if (kind == EngineAnswer::kDone) {
    T value;
    read(from, value);
    if (from.ended()) return value;
  } else if (kind == EngineAnswer::kFailed) {
    runtime::Error error;
    read(from, error);
    if (from.ended()) return error;
  }
  process.give_up("an answer that is none");
  return runtime::Error{runtime::ErrorCode::kServiceUnavailable, "the engine has ended"};
}

struct IsolatedModel {
  std::shared_ptr<inference::EngineProcess> process;
  EngineTraits traits;
};

// Starts a process and has a model loaded in it, which was looked through and verified. Errors as for
// SherpaOnnx::open() and of the engine; and
//   SERVICE_UNAVAILABLE  it ended while it loaded the model, or did so before and rests; try again
//   UNSUPPORTED_MEDIA    the model has ended it so often that it is set aside
runtime::Result<IsolatedModel> load_isolated(const NeuralModels& models, const NeuralModel& model,
                                             double word_bonus, int niceness);

// With the library in this process.
template <class Load>
auto load_here(const NeuralModels& models, Load load)
    -> decltype(load(std::declval<const inference::SherpaOnnx&>())) {
  const auto library = inference::SherpaOnnx::open(models.library);
  if (!library) return library.error();
  return load(**library);
}

}  // namespace parley::speech
