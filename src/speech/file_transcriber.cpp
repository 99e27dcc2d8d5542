// SPDX-License-Identifier: Apache-2.0
#include "speech/file_transcriber.hpp"

#include "runtime/signal.hpp"
#include "runtime/task_group.hpp"
#include "speech/speech_cutter.hpp"
#include "speech/subtitles.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>

namespace parley::speech {

using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

namespace {

constexpr std::int64_t kSamplesPerMs = 16;
// A recogniser that is busy is asked again after so long, if it does not say itself.
constexpr std::chrono::milliseconds kAskAgain{500};

// What is being recognised of one recording, and what was.
struct Work {
  std::mutex mutex;
  runtime::Signal changed;
  std::map<std::int64_t, std::int64_t> open;  // begin and samples of pieces that are not done
  std::map<std::int64_t, Transcript> done;    // by the begin of the piece
  std::optional<Error> failure;               // the first
};

Task<Result<Transcript>> recognise_once(std::shared_ptr<Recognizer> recognizer, Context context,
                                        const SpeechPiece& piece, RecognizeOptions options) {
  constexpr std::size_t kBlock = 1600;
  auto [audio, writer] = runtime::make_stream<audio::Pcm>(piece.samples.size() / kBlock + 1);
  for (std::size_t at = 0; at < piece.samples.size(); at += kBlock) {
    const auto end = std::min(at + kBlock, piece.samples.size());
    const auto pushed = writer.push({audio::kSpeechFormat,
                                     {piece.samples.begin() + static_cast<std::ptrdiff_t>(at),
                                      piece.samples.begin() + static_cast<std::ptrdiff_t>(end)}});
    if (!pushed) co_return pushed.error();
  }
  writer.finish();
  auto transcripts = recognizer->recognize(context, std::move(audio), std::move(options));
  std::optional<Transcript> final;
  for (;;) {
    auto next = co_await transcripts.next(context.deadline);
    if (!next) co_return next.error();
    if (!next->has_value()) break;
    if ((*next)->is_final) final = std::move(**next);
  }
  if (!final) co_return Error{ErrorCode::kAsrFailed, "the recogniser gave no transcript"};
  co_return std::move(*final);
}

// A recording can wait for those who speak.
Task<Result<Transcript>> recognise(std::shared_ptr<Recognizer> recognizer, Context context,
                                   const SpeechPiece& piece, RecognizeOptions options) {
  const runtime::SystemClock clock;
  for (;;) {
    auto heard = co_await recognise_once(recognizer, context, piece, options);
    if (heard || heard.error().code != ErrorCode::kOverloaded) co_return heard;
    const auto wanted = context.check(clock.now());
    if (!wanted) co_return wanted.error();
    runtime::Signal stopped;
    const std::stop_callback on_stop(context.stop, [&stopped] { stopped.notify(); });
    const auto again = clock.now() + heard.error().retry_after.value_or(kAskAgain);
    const bool notified = co_await stopped.wait(std::min(again, context.deadline));
    if (!notified && clock.now() < again) co_return Error{ErrorCode::kCancelled, "the wait was cancelled"};
  }
}

Task<> work_on(std::shared_ptr<Work> work, std::shared_ptr<Recognizer> recognizer, Context context,
               SpeechPiece piece, RecognizeOptions options) {
  auto heard = co_await recognise(std::move(recognizer), std::move(context), piece, std::move(options));
  {
    const std::lock_guard lock(work->mutex);
    work->open.erase(piece.begin);
    if (heard) {
      work->done.emplace(piece.begin, std::move(*heard));
    } else if (!work->failure) {
      work->failure = heard.error();
    }
  }
  work->changed.notify();
}

// Waits until fewer than `most` pieces are worked on, or one has failed.
Task<Result<>> wait_for_room(std::shared_ptr<Work> work, std::size_t most) {
  for (;;) {
    {
      const std::lock_guard lock(work->mutex);
      if (work->failure) co_return *work->failure;
      if (work->open.size() < most) co_return Result<>();
    }
    const bool notified = co_await work->changed.wait();
    if (!notified) co_return Error{ErrorCode::kCancelled, "the wait was cancelled"};
  }
}

void append(FileTranscript& whole, Transcript piece, std::chrono::milliseconds offset) {
  if (piece.text.empty()) return;
  for (Word& word : piece.words) {
    word.start += offset;
    word.end += offset;
  }
  auto readable = timed_text(piece.text, piece.words);
  Transcript& joined = whole.transcript;
  for (auto* text : {&joined.text, &joined.spoken}) {
    if (!text->empty()) *text += ' ';
  }
  joined.text += piece.text;
  joined.spoken += piece.spoken;
  std::move(piece.words.begin(), piece.words.end(), std::back_inserter(joined.words));
  std::move(readable.begin(), readable.end(), std::back_inserter(whole.readable));
}

// One pass over a recording: cuts it on the pool and has the pieces recognised while it goes on.
class Pass {
 public:
  Pass(const FileTranscriber::Parts& parts, Context context, std::shared_ptr<audio::SpeechReader> reader,
       RecognizeOptions options, runtime::Executor executor)
      : parts_(parts),
        context_(std::move(context)),
        reader_(std::move(reader)),
        options_(std::move(options)),
        cutter_(std::make_shared<SpeechCutter>(parts.vad, parts.voice_network)),
        tasks_(std::move(executor)) {}

  Task<Result<>> run(FileTranscriber::Progress progress) {
    for (bool more = true; more;) {
      auto cut = [reader = reader_, cutter = cutter_] { return read_pieces(*reader, *cutter); };
      auto pieces = co_await parts_.pool.run(context_, std::move(cut));
      if (!pieces) co_return pieces.error();
      more = !pieces->ended;
      for (SpeechPiece& piece : pieces->pieces) {
        const auto room = co_await wait_for_room(work_, parts_.at_once);
        if (!room) co_return room.error();
        start(std::move(piece));
        report(progress);
      }
      report(progress);
    }
    const auto finished = co_await wait_for_room(work_, 1);
    report(progress);
    co_return finished;
  }

  Task<> stop() { co_await tasks_.stop(); }

  FileTranscript transcript() {
    FileTranscript result;
    for (auto& [begin, heard] : work_->done) {
      append(result, std::move(heard), std::chrono::milliseconds(begin / kSamplesPerMs));
    }
    result.transcript.is_final = true;
    result.duration = reader_->position();
    result.truncated = reader_->truncated();
    return result;
  }

 private:
  struct Cut {
    std::vector<SpeechPiece> pieces;
    bool ended = false;
  };

  static Result<Cut> read_pieces(audio::SpeechReader& reader, SpeechCutter& cutter) {
    auto block = reader.read();
    if (!block) return block.error();
    Cut cut;
    if (block->has_value()) {
      cut.pieces = cutter.push((*block)->samples);
    } else {
      cut.ended = true;
      auto last = cutter.finish();
      if (last) cut.pieces.push_back(std::move(*last));
    }
    return cut;
  }

  void start(SpeechPiece piece) {
    {
      const std::lock_guard lock(work_->mutex);
      work_->open.emplace(piece.begin, piece.samples.size());
    }
    tasks_.spawn(work_on(work_, parts_.recognizer, context_, std::move(piece), options_));
  }

  void report(const FileTranscriber::Progress& progress) const {
    const auto total = reader_->total();
    if (!progress || !total || total->count() <= 0) return;
    std::int64_t open = 0;
    {
      const std::lock_guard lock(work_->mutex);
      for (const auto& [begin, samples] : work_->open) open += samples / kSamplesPerMs;
    }
    progress(std::max(0.0, static_cast<double>(reader_->position().count() - open)) /
             static_cast<double>(total->count()));
  }

  const FileTranscriber::Parts& parts_;
  const Context context_;
  const std::shared_ptr<audio::SpeechReader> reader_;
  const RecognizeOptions options_;
  const std::shared_ptr<SpeechCutter> cutter_;
  const std::shared_ptr<Work> work_ = std::make_shared<Work>();
  runtime::TaskGroup tasks_;
};

}  // namespace

FileTranscriber::FileTranscriber(Parts parts) : parts_(std::move(parts)) {
  parts_.at_once = std::max<std::size_t>(parts_.at_once, 1);
}

Task<Result<FileTranscript>> FileTranscriber::transcribe(Context context,
                                                         std::shared_ptr<audio::SpeechReader> reader,
                                                         RecognizeOptions options, Progress progress) {
  options.partials = false;
  options.thorough = true;
  const runtime::Executor executor = co_await boost::asio::this_coro::executor;
  runtime::Executor strand = boost::asio::make_strand(executor);
  Pass pass(parts_, std::move(context), std::move(reader), std::move(options), std::move(strand));
  const auto run = co_await pass.run(std::move(progress));
  co_await pass.stop();
  if (!run) co_return run.error();
  co_return pass.transcript();
}

}  // namespace parley::speech
