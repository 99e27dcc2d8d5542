// SPDX-License-Identifier: Apache-2.0
#include "realtime/wyoming/event.hpp"

#include "runtime/json.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <boost/json/value.hpp>

namespace parley::realtime::wyoming {

namespace json = boost::json;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

Error bad(std::string message, std::string param = {}) {
  return {ErrorCode::kBadRequest, std::move(message), std::move(param)};
}

// A length that is absent or null is 0.
Result<std::size_t> read_length(const json::object& line, std::string_view key, std::size_t most) {
  const json::value* found = line.if_contains(key);
  if (found == nullptr || found->is_null()) return std::size_t{0};
  boost::system::error_code failure;
  const auto length = found->to_number<std::uint64_t>(failure);
  if (failure) return bad("must be a number of bytes", std::string(key));
  if (length > most) {
    return Error{ErrorCode::kPayloadTooLarge, "at most " + std::to_string(most) + " bytes are taken",
                 std::string(key)};
  }
  return static_cast<std::size_t>(length);
}

Result<json::object> read_object(std::string_view text) {
  auto value = runtime::parse_json(text);
  if (!value) return value.error();
  if (!value->is_object()) return bad("an event is a JSON object");
  return std::move(value->get_object());
}

}  // namespace

Result<EventReader::Head> EventReader::read_head(std::string_view line) {
  auto object = read_object(line);
  if (!object) return object.error();
  const json::value* type = object->if_contains("type");
  if (type == nullptr || !type->is_string()) return bad("must be a string", "type");
  Head head;
  head.event.type = std::string(type->get_string());
  json::value* data = object->if_contains("data");
  if (data != nullptr && !data->is_null()) {
    if (!data->is_object()) return bad("must be an object", "data");
    head.event.data = std::move(data->get_object());
  }
  const auto data_bytes = read_length(*object, "data_length", kMaxJsonBytes);
  if (!data_bytes) return data_bytes.error();
  const auto payload_bytes = read_length(*object, "payload_length", kMaxPayloadBytes);
  if (!payload_bytes) return payload_bytes.error();
  head.data_bytes = *data_bytes;
  head.payload_bytes = *payload_bytes;
  return head;
}

void EventReader::push(std::string_view bytes) {
  buffer_.erase(0, begin_);
  begin_ = 0;
  buffer_ += bytes;
}

Result<std::optional<Event>> EventReader::next() {
  if (!head_) {
    const std::string_view rest = std::string_view(buffer_).substr(begin_);
    const std::size_t end = std::min(rest.find('\n', searched_), rest.size());
    if (end > kMaxJsonBytes) {
      return Error{ErrorCode::kPayloadTooLarge, "a line is longer than that of any event"};
    }
    searched_ = end;
    if (end == rest.size()) return std::optional<Event>();
    auto head = read_head(rest.substr(0, end));
    if (!head) return head.error();
    head_ = std::move(*head);
    begin_ += end + 1;
    searched_ = 0;
  }
  const std::string_view rest = std::string_view(buffer_).substr(begin_);
  if (rest.size() < head_->data_bytes + head_->payload_bytes) return std::optional<Event>();
  std::optional<Event> event = std::move(head_->event);
  if (head_->data_bytes != 0) {
    auto more = read_object(rest.substr(0, head_->data_bytes));
    if (!more) return more.error();
    for (auto& each : *more) event->data.insert_or_assign(each.key(), std::move(each.value()));
  }
  event->payload = rest.substr(head_->data_bytes, head_->payload_bytes);
  begin_ += head_->data_bytes + head_->payload_bytes;
  head_.reset();
  return event;
}

// Clients read lines of some 64 KiB and no more, so what an event says stands behind its line; some older
// ones miss `data` there when there is none.
std::string format(const Event& event) {
  json::object line{{"type", event.type}};
  std::string data;
  if (event.data.empty()) {
    line["data"] = json::object();
  } else {
    data = runtime::to_json(event.data);
    line["data_length"] = data.size();
  }
  if (!event.payload.empty()) line["payload_length"] = event.payload.size();
  return runtime::to_json(line) + '\n' + data + event.payload;
}

}  // namespace parley::realtime::wyoming
