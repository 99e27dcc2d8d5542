// SPDX-License-Identifier: Apache-2.0
// What a person sees in the terminal: messages, and progress on long work.
#pragma once

#include "runtime/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace parley::app {

// "parley: about: message" on standard error, with a hint where the error has a field at fault.
void complain(std::string_view about, const runtime::Error& error);

// Whether a person reads standard error as it comes.
bool read_by_a_person();

// One line that is redrawn on standard error while it is a terminal; silent otherwise. 0..1.
class ProgressBar {
 public:
  explicit ProgressBar(std::string title);
  ~ProgressBar();  // clears the line
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void update(double fraction, std::string_view note = {});
  void clear();

 private:
  std::string title_;
  bool terminal_;
  std::string shown_;
};

}  // namespace parley::app
