// SPDX-License-Identifier: Apache-2.0
#include "app/client_channel.hpp"
#include "app/commands.hpp"
#include "app/platform.hpp"
#include "app/spoken_turn.hpp"
#include "app/terminal.hpp"
#include "audio/wav.hpp"
#include "conversation/answer_json.hpp"
#include "runtime/json.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include <boost/asio/signal_set.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

namespace parley::app {
namespace json = boost::json;

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr std::chrono::minutes kLongestRecording{30};

Result<std::string> write_answer(const ClientTurn& turn, const std::string& folder, const std::string& file,
                                 std::size_t number) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  const std::string stem = std::filesystem::path(file).stem().string();
  const std::string suffix = number == 0 ? "" : fmt::format(".{}", number + 1);
  const std::string path =
      (std::filesystem::path(folder) / fmt::format("{}.answer{}.wav", stem, suffix)).string();
  auto writer = audio::WavWriter::create(path, turn.answer.format);
  if (!writer) return Error{writer.error().code, writer.error().message, path};
  const auto written = writer->write(turn.answer.samples);
  if (!written) return written.error();
  const auto finished = writer->finish();
  if (!finished) return finished.error();
  return path;
}

std::string json_line(const std::string& file, const ClientTurn& turn, const std::string& audio) {
  const conversation::TurnRecord& record = turn.record;
  json::object engines;
  for (const auto& [role, engine] : record.engines) engines[role] = engine;
  json::object line = {{"file", file},
                       {"transcript", record.transcript},
                       {"spoken", record.spoken},
                       {"corrections", conversation::corrections_json(record.corrections)},
                       {"found", json::array(record.found.begin(), record.found.end())},
                       {"answer", record.answer},
                       {"refused", record.refused},
                       {"citations", conversation::citations_json(record.citations)},
                       {"audio", audio.empty() ? json::value(nullptr) : json::value(audio)},
                       {"timings_ms", turn_timings(turn)},
                       {"engines", std::move(engines)}};
  if (record.speech_end) line["speech_end_at"] = static_cast<double>(record.speech_end->count()) / 1000.0;
  if (record.endpoint_at) line["endpoint_at"] = static_cast<double>(record.endpoint_at->count()) / 1000.0;
  if (turn.status == conversation::ResponseStatus::kCancelled) line["status"] = "cancelled";
  if (turn.error) line["error"] = runtime::to_string(*turn.error);
  return runtime::to_json(line);
}

// One recording: its turns printed, or a message why there is none.
bool talk_over(Platform& platform, const CommandContext& context, const TalkArguments& arguments,
               const std::string& file) {
  auto reader = audio::SpeechReader::open(file);
  if (!reader) {
    complain(file, reader.error());
    return false;
  }
  const auto recording = audio::read_speech(std::move(*reader), kLongestRecording);
  if (!recording) {
    complain(file, recording.error());
    return false;
  }
  const SpokenResult result = speak_to_session(platform.io(), platform.session_parts(), *recording);
  if (result.recognition_error) complain(file, *result.recognition_error);
  if (result.turns.empty()) {
    if (!result.recognition_error) complain(file, {ErrorCode::kAsrFailed, "no words were understood"});
    return false;
  }
  bool good = true;
  for (std::size_t i = 0; i < result.turns.size(); ++i) {
    const ClientTurn& turn = result.turns[i];
    std::string audio;
    if (!arguments.out.empty() && !turn.answer.samples.empty()) {
      const auto written = write_answer(turn, arguments.out, file, i);
      if (!written) {
        complain(file, written.error());
        return false;
      }
      audio = *written;
    }
    if (context.json) {
      fmt::print("{}\n", json_line(file, turn, audio));
    } else {
      print_turn(file, turn);
    }
    std::fflush(stdout);
    if (turn.error) {
      complain(file, *turn.error);
      good = false;
    }
  }
  return good;
}

}  // namespace

int talk(const CommandContext& context, const TalkArguments& arguments) {
  std::optional<TemporaryDirectory> temporary;
  if (!arguments.docs.empty()) temporary.emplace();
  auto opened = Platform::open(context.config, temporary ? temporary->path() : context.data_dir,
                               {.hears = true, .speaks = true, .answers = true});
  if (!opened) {
    complain("", opened.error());
    return kExitFailed;
  }
  Platform& platform = **opened;
  boost::asio::signal_set signals(platform.io().executor());
  if (temporary) {
    // A copy of the documents is not left behind when this is interrupted.
    signals.add(SIGINT);
    signals.add(SIGTERM);
    signals.async_wait([folder = temporary->path()](const boost::system::error_code& failure, int signal) {
      if (failure) return;
      std::error_code ignored;
      std::filesystem::remove_all(folder, ignored);
      std::_Exit(128 + signal);
    });
    const auto indexed = platform.index_folder(arguments.docs);
    if (!indexed) {
      complain(arguments.docs, indexed.error());
      return kExitFailed;
    }
  }
  const auto warm = platform.warm_up();
  if (!warm) {
    complain("", warm.error());
    return kExitFailed;
  }
  int code = kExitDone;
  for (const std::string& file : arguments.files) {
    if (!talk_over(platform, context, arguments, file)) code = kExitFailed;
  }
  return code;
}

}  // namespace parley::app
