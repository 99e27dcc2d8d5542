// SPDX-License-Identifier: Apache-2.0
#include "app/terminal.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

namespace parley::app {

void complain(std::string_view about, const runtime::Error& error) {
  const std::string subject = about.empty() ? std::string() : std::string(about) + ": ";
  const std::string field = error.param.empty() ? std::string() : " (" + error.param + ")";
  fmt::print(stderr, "parley: {}{}{}\n", subject, error.message, field);
}

bool read_by_a_person() { return isatty(STDERR_FILENO) == 1; }

ProgressBar::ProgressBar(std::string title) : title_(std::move(title)), terminal_(read_by_a_person()) {}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::update(double fraction, std::string_view note) {
  if (!terminal_) return;
  constexpr int kWidth = 30;
  const int filled = static_cast<int>(std::clamp(fraction, 0.0, 1.0) * kWidth);
  std::string line =
      fmt::format("{} [{}{}] {:3.0f} % {}", title_, std::string(static_cast<std::size_t>(filled), '='),
                  std::string(static_cast<std::size_t>(kWidth - filled), ' '), fraction * 100, note);
  if (line == shown_) return;
  fmt::print(stderr, "\r\x1b[K{}", line);
  std::fflush(stderr);
  shown_ = std::move(line);
}

void ProgressBar::clear() {
  if (!terminal_ || shown_.empty()) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  shown_.clear();
}

}  // namespace parley::app
