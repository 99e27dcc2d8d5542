// SPDX-License-Identifier: Apache-2.0
// Brings speech to a level without ever clipping: a constant offset is taken out, a gain applied, and what
// would exceed the ceiling turned down smoothly and in time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <utility>
#include <vector>

namespace parley::audio {

inline constexpr double kPeakCeilingDbfs = -1.0;

// One channel; not thread-safe. Samples come out in number and place as they went in, held back by 5 ms of
// audio until the next block or flush(): that long the limiter looks ahead. No sample exceeds the ceiling.
class Leveler {
 public:
  Leveler(int rate, double gain_db, double ceiling_dbfs = kPeakCeilingDbfs);

  // Appends what is ready to `out`.
  void process(std::span<const std::int16_t> samples, std::vector<std::int16_t>& out);
  // Appends the rest. The leveler is not used after it.
  void flush(std::vector<std::int16_t>& out);

 private:
  void take(double sample, std::vector<std::int16_t>& out);

  const double gain_;
  const double ceiling_;
  const std::size_t look_ahead_;  // samples
  const double dc_pole_;
  const double release_;  // how much of the missing gain returns with each sample

  double dc_input_ = 0;
  double dc_output_ = 0;
  std::deque<double> waiting_;                            // amplified, not limited yet
  std::deque<std::pair<std::int64_t, double>> smallest_;  // gains that may become the least ahead, by index
  double held_ = 1;                                       // the least gain ahead, let go slowly
  std::deque<double> averaged_;                           // the last held gains
  double sum_;                                            // of averaged_
  std::int64_t taken_ = 0;
};

}  // namespace parley::audio
