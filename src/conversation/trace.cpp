// SPDX-License-Identifier: Apache-2.0
#include "conversation/trace.hpp"

#include "runtime/json.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <type_traits>

#include <boost/describe.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/mp11/algorithm.hpp>
#include <fmt/format.h>

namespace parley::conversation {
namespace json = boost::json;

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

BOOST_DESCRIBE_ENUM(SessionState, kIdle, kListening, kProcessing, kSpeaking, kInterrupted, kError)
BOOST_DESCRIBE_ENUM(OutputLevel, kFull, kDucked, kPaused)
BOOST_DESCRIBE_ENUM(Announcement, kGreeting, kStillThere, kEndsSoon)
BOOST_DESCRIBE_ENUM(SessionEnd, kSilence, kTime)
BOOST_DESCRIBE_ENUM(Completeness, kSure, kComplete, kUnsure, kIncomplete)
BOOST_DESCRIBE_ENUM(OverlapKind, kNothing, kBackchannel, kUnsure, kInterruption)
BOOST_DESCRIBE_ENUM(CancelReason, kTurnDetected, kClientCancelled)

BOOST_DESCRIBE_STRUCT(PatienceConfig, (), (ask_after, end_after, longest, warn_before, warn_aloud, grace))
BOOST_DESCRIBE_STRUCT(TurnConfig, (),
                      (server_vad, create_response, interrupt_response, silence_sure, silence_complete,
                       silence_unsure, silence_incomplete, pause_margin_percent, max_utterance, pause_after,
                       interrupt_words, interrupt_said, goes_on_within, interrupt_wordless,
                       interrupt_backchannel, resume_after, resume_unjudged, calm_after, stir_most, patience))

BOOST_DESCRIBE_STRUCT(SpeechStarted, (), (at))
BOOST_DESCRIBE_STRUCT(SpeechStopped, (), (at))
BOOST_DESCRIBE_STRUCT(SoundHeard, (), (at, voiced))
BOOST_DESCRIBE_STRUCT(AudioAdvanced, (), (at))
BOOST_DESCRIBE_STRUCT(WordsChanged, (), (completeness, overlap, heard))
BOOST_DESCRIBE_STRUCT(OverlapUnderstood, (), (kind))
BOOST_DESCRIBE_STRUCT(CommitRequested, (), (at))
BOOST_DESCRIBE_STRUCT(ClearRequested, (), ())
BOOST_DESCRIBE_STRUCT(TranscriptReady, (), (empty))
BOOST_DESCRIBE_STRUCT(ResponseRequested, (), ())
BOOST_DESCRIBE_STRUCT(OutputStarted, (), ())
BOOST_DESCRIBE_STRUCT(OutputEnded, (), ())
BOOST_DESCRIBE_STRUCT(CancelRequested, (), ())
BOOST_DESCRIBE_STRUCT(Failed, (), ())
BOOST_DESCRIBE_STRUCT(ClockAdvanced, (), (at))
BOOST_DESCRIBE_STRUCT(GreetingRequested, (), ())

BOOST_DESCRIBE_STRUCT(ChangeState, (), (from, to))
BOOST_DESCRIBE_STRUCT(OpenUtterance, (), (at, tentative))
BOOST_DESCRIBE_STRUCT(CloseOverlap, (), ())
BOOST_DESCRIBE_STRUCT(ConfirmUtterance, (), ())
BOOST_DESCRIBE_STRUCT(EndUtterance, (), (speech_end, endpoint))
BOOST_DESCRIBE_STRUCT(DropUtterance, (), ())
BOOST_DESCRIBE_STRUCT(StartResponse, (), ())
BOOST_DESCRIBE_STRUCT(CancelResponse, (), (reason))
BOOST_DESCRIBE_STRUCT(SetOutput, (), (level))
BOOST_DESCRIBE_STRUCT(Announce, (), (what))
BOOST_DESCRIBE_STRUCT(NoteSilence, (), (length))
BOOST_DESCRIBE_STRUCT(WarnOfEnd, (), (left))
BOOST_DESCRIBE_STRUCT(EndSession, (), (reason))

namespace {

constexpr int kFormat = 1;
constexpr std::size_t kLongestLine = 64 * 1024;
// Two years of samples: what is computed from such times fits.
constexpr std::int64_t kLongestTime = 1'000'000'000'000;
constexpr int kMostMargin = 10'000;  // percent

// In the order of the variants.
constexpr std::array<std::string_view, std::variant_size_v<TurnEvent>> kEvents = {
    "speech_started",     "speech_stopped",   "sound_heard",      "audio_advanced",   "words_changed",
    "overlap_understood", "commit_requested", "clear_requested",  "transcript_ready", "response_requested",
    "output_started",     "output_ended",     "cancel_requested", "failed",           "clock_advanced",
    "greeting_requested"};
constexpr std::array<std::string_view, std::variant_size_v<TurnAction>> kActions = {
    "change_state",   "open_utterance", "close_overlap",   "confirm_utterance", "end_utterance",
    "drop_utterance", "start_response", "cancel_response", "set_output",        "announce",
    "note_silence",   "warn_of_end",    "end_session"};

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_any_access>;

template <class T>
json::value written(const T& value) {
  if constexpr (std::is_enum_v<T>) {
    return boost::describe::enum_to_string(value, "?") + 1;  // without its k
  } else if constexpr (boost::describe::has_describe_members<T>::value) {
    json::object object;
    boost::mp11::mp_for_each<Members<T>>(
        [&](auto member) { object[member.name] = written(value.*member.pointer); });
    return object;
  } else {
    return value;
  }
}

template <class Variant, std::size_t N>
json::object written_as(const Variant& value, const std::array<std::string_view, N>& names) {
  json::object object = {{"is", names[value.index()]}};
  std::visit(
      [&](const auto& each) {
        const json::value fields = written(each);
        for (const auto& field : fields.get_object()) object.insert(field);
      },
      value);
  return object;
}

json::array written_actions(const std::vector<TurnAction>& actions) {
  json::array list;
  for (const TurnAction& action : actions) list.push_back(written_as(action, kActions));
  return list;
}

Error bad(std::string message) { return Error{ErrorCode::kBadRequest, std::move(message)}; }

// All of it has to be there.
template <class T>
Result<> read(const json::value& value, T& out) {
  if constexpr (std::is_enum_v<T>) {
    const std::string name = value.is_string() ? "k" + std::string(value.get_string()) : std::string();
    if (!boost::describe::enum_from_string(name.c_str(), out)) return bad("a name that is not known");
    return {};
  } else if constexpr (std::is_same_v<T, bool>) {
    if (!value.is_bool()) return bad("not true or false");
    out = value.get_bool();
    return {};
  } else if constexpr (std::is_integral_v<T>) {
    boost::system::error_code failure;
    const auto number = value.to_number<std::int64_t>(failure);
    if (failure || number < -kLongestTime || number > kLongestTime) return bad("not a number in range");
    const auto narrow = static_cast<T>(number);
    if (static_cast<std::int64_t>(narrow) != number) return bad("not a number in range");
    out = narrow;
    return {};
  } else {
    if (!value.is_object()) return bad("not an object");
    Result<> done;
    boost::mp11::mp_for_each<Members<T>>([&](auto member) {
      if (!done) return;
      const json::value* field = value.get_object().if_contains(member.name);
      const Result<> got = field == nullptr ? bad("missing") : read(*field, out.*member.pointer);
      if (!got) done = bad(fmt::format("\"{}\": {}", member.name, got.error().message));
    });
    return done;
  }
}

template <class Variant, std::size_t N>
Result<Variant> read_as(const json::value& value, const std::array<std::string_view, N>& names) {
  const json::value* is = value.is_object() ? value.get_object().if_contains("is") : nullptr;
  if (is == nullptr || !is->is_string()) return bad("\"is\": missing");
  const auto name = std::ranges::find(names, std::string_view(is->get_string()));
  if (name == names.end()) return bad("\"is\": a kind that is not known");
  return boost::mp11::mp_with_index<N>(static_cast<std::size_t>(name - names.begin()),
                                       [&](auto index) -> Result<Variant> {
                                         std::variant_alternative_t<index, Variant> each{};
                                         const auto done = read(value, each);
                                         if (!done) return done.error();
                                         return Variant(each);
                                       });
}

Result<TurnConfig> read_config(const json::value& value) {
  TurnConfig config;
  const auto done = read(value, config);
  if (!done) return done.error();
  if (std::abs(config.pause_margin_percent) > kMostMargin)
    return bad("\"pause_margin_percent\": not a number in range");
  return config;
}

std::string line_of(const json::value& value) { return runtime::to_json(value) + '\n'; }

class Player {
 public:
  explicit Player(std::size_t most_events) : left_(most_events) {}

  Replayed result;

  Result<> begin(const json::object& head) {
    const json::value* format = head.if_contains("parley_trace");
    if (format == nullptr) return bad("this is not a trace");
    if (*format != kFormat) return bad("this trace is of another version of Parley");
    return configure(head);
  }

  // False behind the end of the trace.
  Result<bool> play(const json::object& line, std::size_t number) {
    number_ = number;
    if (const json::value* on = line.if_contains("on")) return given(play_event(*on, line.if_contains("do")));
    if (const json::value* run = line.if_contains("audio")) return given(play_run(*run));
    if (line.contains("config")) return given(configure(line));
    if (line.contains("turn")) return true;
    if (line.contains("end")) return false;
    return bad("a line that is not known");
  }

 private:
  static Result<bool> given(const Result<>& done) {
    if (!done) return done.error();
    return true;
  }

  Result<> configure(const json::object& line) {
    const json::value* given = line.if_contains("config");
    if (given == nullptr) return bad("\"config\": missing");
    const auto config = read_config(*given);
    if (!config) return bad("\"config\": " + config.error().message);
    if (engine_) {
      engine_->configure(*config);
    } else {
      engine_.emplace(*config);
    }
    return {};
  }

  Result<> play_event(const json::value& on, const json::value* list) {
    const auto event = read_as<TurnEvent>(on, kEvents);
    if (!event) return event.error();
    std::vector<TurnAction> expected;
    if (list != nullptr) {
      if (!list->is_array()) return bad("\"do\": not a list");
      for (const json::value& each : list->get_array()) {
        const auto action = read_as<TurnAction>(each, kActions);
        if (!action) return action.error();
        expected.push_back(*action);
      }
    }
    return take(*event, expected);
  }

  Result<> play_run(const json::value& run) {
    std::array<SampleIndex, 3> numbers{};
    const bool three = run.is_array() && run.get_array().size() == numbers.size();
    for (std::size_t i = 0; three && i < numbers.size(); ++i) {
      const auto done = read(run.get_array()[i], numbers[i]);
      if (!done) return done.error();
    }
    const auto [first, last, step] = numbers;
    if (!three || step <= 0 || last < first || (last - first) % step != 0) {
      return bad("\"audio\": not three numbers that go together");
    }
    for (SampleIndex at = first; at <= last; at += step) {
      const auto done = take(AudioAdvanced{at}, {});
      if (!done) return done;
    }
    return {};
  }

  Result<> take(const TurnEvent& event, const std::vector<TurnAction>& expected) {
    if (left_ == 0) return bad("there are more events than a session has");
    --left_;
    ++result.events;
    std::vector<TurnAction> actions;
    try {
      actions = engine_->on(event);
    } catch (const std::exception& impossible) {
      return bad(impossible.what());
    }
    if (actions == expected) return {};
    ++result.differences;
    if (result.shown.size() < Replayed::kMostShown) {
      result.shown.push_back(fmt::format("line {}: after {} the trace has {}, the engine gives {}", number_,
                                         runtime::to_json(written_as(event, kEvents)),
                                         runtime::to_json(written_actions(expected)),
                                         runtime::to_json(written_actions(actions))));
    }
    return {};
  }

  std::size_t left_;
  std::size_t number_ = 0;
  std::optional<TurnEngine> engine_;
};

}  // namespace

std::string TraceWriter::begin(const TurnConfig& config) const {
  return line_of(json::object{{"parley_trace", kFormat}, {"config", written(config)}});
}

std::string TraceWriter::finish_run() {
  if (!run_) return {};
  const Run run = *run_;
  run_.reset();
  return line_of(json::object{{"audio", json::array{run.first, run.last, run.step}}});
}

std::string TraceWriter::event(const TurnEvent& event, const std::vector<TurnAction>& actions) {
  const auto* audio = std::get_if<AudioAdvanced>(&event);
  if (audio != nullptr && actions.empty()) {
    if (run_ && run_->first == run_->last && audio->at > run_->last) {
      run_->step = audio->at - run_->last;
      run_->last = audio->at;
      return {};
    }
    if (run_ && audio->at == run_->last + run_->step) {
      run_->last = audio->at;
      return {};
    }
    std::string before = finish_run();
    run_ = Run{audio->at, audio->at, 1};
    return before;
  }
  json::object line = {{"on", written_as(event, kEvents)}};
  if (!actions.empty()) line["do"] = written_actions(actions);
  return finish_run() + line_of(line);
}

std::string TraceWriter::configured(const TurnConfig& config) {
  return finish_run() + line_of(json::object{{"config", written(config)}});
}

std::string TraceWriter::turn(const std::string& id,
                              const std::vector<std::pair<std::string, double>>& marks) {
  json::object times;
  for (const auto& [name, at] : marks) times[name] = at;
  return finish_run() + line_of(json::object{{"turn", {{"id", id}, {"marks_ms", std::move(times)}}}});
}

std::string TraceWriter::end(std::string_view why) {
  return finish_run() + line_of(json::object{{"end", why}});
}

Result<Replayed> replay(std::string_view trace, std::size_t most_events) {
  Player player(most_events);
  std::size_t number = 0;
  while (!trace.empty()) {
    ++number;
    const auto flawed = [&](const std::string& why) {
      player.result.flaw = fmt::format("line {}: {}", number, why);
      return player.result;
    };
    const auto end = trace.find('\n');
    const std::string_view text = trace.substr(0, end);
    const bool whole = end != std::string_view::npos;
    const auto line =
        text.size() > kLongestLine ? Result<json::value>(bad("too long a line")) : runtime::parse_json(text);
    if (number == 1) {
      if (!line || !line->is_object()) return bad("this is not a trace");
      const auto begun = player.begin(line->get_object());
      if (!begun) return begun.error();
    } else {
      if (!whole) return flawed("the trace breaks off here");
      if (!line) return flawed(line.error().message);
      if (!line->is_object()) return flawed("not an object");
      const auto goes_on = player.play(line->get_object(), number);
      if (!goes_on) return flawed(goes_on.error().message);
      if (!*goes_on) return player.result;
    }
    trace.remove_prefix(whole ? end + 1 : trace.size());
  }
  if (number == 0) return bad("this is not a trace");
  player.result.flaw = fmt::format("the trace breaks off behind line {}", number);
  return player.result;
}

}  // namespace parley::conversation
