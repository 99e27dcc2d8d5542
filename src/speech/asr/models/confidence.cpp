// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/confidence.hpp"

#include <algorithm>
#include <cmath>

namespace parley::speech {

namespace {

// What is less likely helps nobody.
constexpr double kFaintest = 0.01;

}  // namespace

double confidence_of(double posterior) {
  constexpr double kOffset = -0.81;
  constexpr double kSlope = 0.54;
  constexpr double kLeast = 1e-3;
  const double inside = std::clamp(posterior, kLeast, 1 - kLeast);
  return 1 / (1 + std::exp(-kOffset) * std::pow((1 - inside) / inside, kSlope));
}

void share_doubt(double own, double confidence, std::vector<Alternative>& others) {
  std::erase_if(others, [](const Alternative& other) { return other.posterior < kFaintest; });
  if (others.size() > kMostAlternatives) others.resize(kMostAlternatives);
  double sum = 0;
  for (const Alternative& other : others) sum += other.posterior;
  const double doubt = std::max({1 - own, sum, 1e-6});
  for (Alternative& other : others) other.posterior *= (1 - confidence) / doubt;
}

}  // namespace parley::speech
