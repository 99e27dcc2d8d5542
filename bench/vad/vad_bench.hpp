// SPDX-License-Identifier: Apache-2.0
// The two parts of the benchmark, each adding lines `"name": number,` to what is printed.
#pragma once

#include "speech/vad/models/silero.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace parley::bench {

using Samples = std::vector<std::int16_t>;
using Network = std::shared_ptr<const speech::Silero>;

struct Sounds {
  std::vector<Samples> speech;
  std::vector<Samples> noise;
  std::vector<Samples> rooms;  // impulse responses
};

void measure_cost(const Sounds& sounds, const Network& network, std::string& out);
void measure_detection(const Sounds& sounds, const Network& network, std::string& out);

void add_metric(std::string& out, const std::string& name, double value);

}  // namespace parley::bench
