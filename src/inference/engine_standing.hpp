// SPDX-License-Identifier: Apache-2.0
// How often a model has ended the process of its engine, and what follows from it.
#pragma once

#include "runtime/clock.hpp"
#include "runtime/result.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace parley::inference {

// Changes when a file of the folder does.
std::filesystem::file_time_type stamp_of(const std::filesystem::path& folder);

// A model that ends its engine is started again at once, then after kPause, and after kMostDeaths in quick
// succession no more until its files change. Thread-safe.
class EngineStanding {
 public:
  static constexpr int kMostDeaths = 3;
  static constexpr std::chrono::seconds kPause{5};
  // An engine that lived longer ends for reasons of its own.
  static constexpr std::chrono::minutes kQuick{10};

  using Stamp = std::filesystem::file_time_type;

  // SERVICE_UNAVAILABLE while it rests, UNSUPPORTED_MEDIA (param: the model) once it is set aside.
  runtime::Result<> may_start(const std::string& model, Stamp stamp, runtime::TimePoint now);
  // True when the model is now set aside.
  bool died(const std::string& model, Stamp stamp, std::chrono::steady_clock::duration lived,
            std::string_view how, runtime::TimePoint now);

  struct Trouble {
    std::string model;
    int deaths;
    std::string how;  // it ended the last time: "signal SIGSEGV"
    bool set_aside;
  };
  // Models that have ended their engines, and whose files have not changed since.
  std::vector<Trouble> troubles() const;

 private:
  struct Entry {
    Stamp stamp;
    int deaths = 0;
    std::string how = {};
    runtime::TimePoint next = {};
  };

  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace parley::inference
