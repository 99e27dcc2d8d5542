// SPDX-License-Identifier: Apache-2.0
// The events of Wyoming, the protocol of Home Assistant's voice services: a line of JSON, more JSON if the
// line says so, and bytes if it says so (https://github.com/OHF-Voice/wyoming).
#pragma once

#include "runtime/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace parley::realtime::wyoming {

inline constexpr std::size_t kMaxJsonBytes = 256 * 1024;     // of the line, and of the JSON behind it
inline constexpr std::size_t kMaxPayloadBytes = 256 * 1024;  // eight seconds at 16 kHz

struct Event {
  std::string type;
  boost::json::object data = {};
  std::string payload = {};

  bool operator==(const Event&) const = default;
};

// Cuts what arrives into events. Pure.
class EventReader {
 public:
  void push(std::string_view bytes);

  // The next event, or nothing as long as it is not whole. BAD_REQUEST for what is no event,
  // PAYLOAD_TOO_LARGE past the limits; nothing can be read behind either, since nobody knows where the next
  // event begins.
  runtime::Result<std::optional<Event>> next();

  // Nothing of a further event has arrived.
  bool empty() const { return !head_ && begin_ == buffer_.size(); }

 private:
  struct Head {
    Event event;
    std::size_t data_bytes = 0;
    std::size_t payload_bytes = 0;
  };
  static runtime::Result<Head> read_head(std::string_view line);

  std::string buffer_;
  std::size_t begin_ = 0;     // of the event under way; what is before has been read
  std::size_t searched_ = 0;  // of its line: no end in there
  std::optional<Head> head_;  // when its line is whole
};

std::string format(const Event& event);

}  // namespace parley::realtime::wyoming
