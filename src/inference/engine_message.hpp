// SPDX-License-Identifier: Apache-2.0
// Values in a message between Parley and an engine in a process of its own. Both ends are the same program on
// the same machine, so numbers are as the machine has them; neither end believes the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parley::inference {

class EngineMessageWriter {
 public:
  void number(std::uint8_t value) { put(&value, sizeof value); }
  void integer(std::int64_t value) { put(&value, sizeof value); }
  void real(double value) { put(&value, sizeof value); }
  void text(std::string_view value) {
    integer(static_cast<std::int64_t>(value.size()));
    bytes_.append(value);
  }
  void samples(std::span<const std::int16_t> values) {
    integer(static_cast<std::int64_t>(values.size()));
    put(values.data(), values.size_bytes());
  }

  std::string take() { return std::move(bytes_); }

 private:
  void put(const void* data, std::size_t size) { bytes_.append(static_cast<const char*>(data), size); }

  std::string bytes_;
};

// Reads values in the order in which they were written. What is not there reads as nothing, and good() says
// so from then on. Never takes more memory than the message has.
class EngineMessageReader {
 public:
  explicit EngineMessageReader(std::string_view message) : rest_(message) {}

  std::uint8_t number() { return value<std::uint8_t>(); }
  std::int64_t integer() { return value<std::int64_t>(); }
  double real() { return value<double>(); }
  // The view is part of the message.
  std::string_view text() { return bytes(1); }
  std::vector<std::int16_t> samples() {
    const auto found = bytes(sizeof(std::int16_t));
    std::vector<std::int16_t> values(found.size() / sizeof(std::int16_t));
    if (!values.empty()) std::memcpy(values.data(), found.data(), found.size());
    return values;
  }
  // How many things follow, each of at least `bytes`; 0 when so many cannot be there.
  std::size_t count(std::size_t least_bytes) {
    const std::int64_t wanted = integer();
    if (wanted < 0 || static_cast<std::uint64_t>(wanted) > rest_.size() / least_bytes) good_ = false;
    return good_ ? static_cast<std::size_t>(wanted) : 0;
  }

  bool good() const { return good_; }
  // Everything was there, and nothing is left.
  bool ended() const { return good_ && rest_.empty(); }

 private:
  template <class T>
  T value() {
    T found{};
    if (!good_ || rest_.size() < sizeof found) {
      good_ = false;
      return found;
    }
    std::memcpy(&found, rest_.data(), sizeof found);
    rest_.remove_prefix(sizeof found);
    return found;
  }

  std::string_view bytes(std::size_t each) {
    const std::size_t size = count(each) * each;
    const auto found = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return found;
  }

  std::string_view rest_;
  bool good_ = true;
};

}  // namespace parley::inference
