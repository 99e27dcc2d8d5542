// SPDX-License-Identifier: Apache-2.0
// The process of an engine, seen from inside.
#pragma once

#include "inference/engine_channel.hpp"

#include <functional>

namespace parley::inference {

// The open file by which an engine's process is reached.
inline constexpr int kEngineLine = 3;

// What the process ends with when the other side sends what is no message.
inline constexpr int kEngineMisled = 3;

// Makes this process that of an engine: it leaves Ctrl-C and a stop of the service to the one that started
// it, gives way to it where memory or the processor are short (`niceness` is added to its own), and leaves no
// core file with what people said. Then `serve` is called for each end that is handed over at kEngineLine, on
// a thread of its own, and the process ends when the other side does.
[[noreturn]] void serve_engine(int niceness, const std::function<void(EngineChannel&)>& serve);

}  // namespace parley::inference
