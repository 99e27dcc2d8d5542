// SPDX-License-Identifier: Apache-2.0
// Clients of a conversation at the speed of speech: each sends 100 ms of a recording ten times a second, over
// and over, and once a second a message that the server answers. `steady` is printed once all are in and have
// talked for two seconds; then, after the time given, what was seen, as JSON.
#include "client.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <deque>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/resource.h>

namespace parley::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;
using std::chrono::milliseconds;

constexpr milliseconds kChunk{100};
constexpr std::size_t kProbeEvery = 10;  // chunks
constexpr milliseconds kFrame{20};       // of output
constexpr std::chrono::seconds kPatience{20};
constexpr double kFrameBytes = 640;  // of PCM16 at 16 kHz

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      three = three << 8U | (i + k < bytes.size() ? static_cast<std::uint8_t>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += i + k > bytes.size() ? '=' : kDigits[three >> (18 - 6 * k) & 63U];
    }
  }
  return text;
}

// How a server is spoken to.
struct Protocol {
  std::string_view name;
  std::string_view path;
  std::string_view ready;        // how the message begins that says the session is there; empty: none does
  std::string_view probe;        // a message that is answered
  std::string_view answer;       // how the answer to it begins; in JSON that carries audio, what it holds
  bool socketio = false;         // "40" is sent first, audio is an attachment
  bool base64 = false;           // audio travels in JSON
  bool audio_is_played = false;  // binary messages are speech

  bool is(std::string_view message, std::string_view wanted) const {
    return base64 ? message.find(wanted) != std::string_view::npos : message.starts_with(wanted);
  }
};
constexpr std::array kProtocols{
    Protocol{"stream", "/stream", R"({"type":"connected")", R"({"type":"ping"})", R"({"type":"pong")", false,
             false, true},
    Protocol{"echo", "/", "", R"({"type":"ping"})", R"({"type":"ping")"},
    Protocol{"socketio-echo", "/socket.io/?EIO=4&transport=websocket", "40", R"(42["probe"])",
             R"(42["probe"])", true},
    Protocol{"socketio", "/socket.io/?EIO=4&transport=websocket", "40", R"(427["end_utterance",{}])", "437",
             true},
    Protocol{"openai", "/v1/realtime?model=parley", R"("type":"session.created")",
             R"({"type":"session.update","session":{"type":"realtime"}})", R"("type":"session.updated")",
             false, true},
};

// The recording as frames to send.
std::vector<std::string> chunks_of(const std::string& recording, std::size_t bytes,
                                   const Protocol& protocol) {
  std::vector<std::string> chunks;
  for (std::size_t at = 0; at + bytes <= recording.size(); at += bytes) {
    const std::string_view pcm = std::string_view(recording).substr(at, bytes);
    if (protocol.socketio) {
      chunks.push_back(
          client_frame(Opcode::kText, R"(451-["audio_chunk",{"audioData":{"_placeholder":true,"num":0}}])") +
          client_frame(Opcode::kBinary, pcm));
    } else if (protocol.base64) {
      chunks.push_back(client_frame(
          Opcode::kText, R"({"type":"input_audio_buffer.append","audio":")" + base64(pcm) + R"("})"));
    } else {
      chunks.push_back(client_frame(Opcode::kBinary, pcm));
    }
  }
  if (chunks.empty()) throw std::runtime_error("the recording is empty");
  return chunks;
}

struct Seen {
  std::vector<float> delays_ms;  // of answers to probes
  std::vector<float> lag_ms;     // of this program behind its own plan
  std::uint64_t received = 0;    // messages
  std::uint64_t answers = 0;     // spoken
  std::uint64_t frames = 0;      // of 20 ms, of those
  std::uint64_t late = 0;
  std::uint64_t lost = 0;     // clients
  std::uint64_t refused = 0;  // that never got in
};

float milliseconds_of(Clock::duration time) { return std::chrono::duration<float, std::milli>(time).count(); }

float percentile(std::vector<float>& values, double share) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

class Talker {
 public:
  Talker(std::uint16_t port, const Protocol& protocol, Seen& seen)
      : client_(port, protocol.path), protocol_(protocol), seen_(seen) {}

  Client& client() { return client_; }
  bool ready() const { return ready_; }
  bool gone() const { return gone_; }

  void say(std::string_view chunk) { check(client_.send(chunk)); }
  void probe(std::string_view frame, Time now) {
    asked_.push_back(now);
    check(client_.send(frame));
  }
  void listen(Time now) {
    check(client_.receive([&](Opcode opcode, std::string_view payload) { hear(opcode, payload, now); }));
    if (protocol_.ready.empty() && client_.upgraded()) ready_ = true;
  }

 private:
  void check(bool alive) {
    if (alive || gone_) return;
    gone_ = true;
    ++(ready_ ? seen_.lost : seen_.refused);
  }

  void hear(Opcode opcode, std::string_view payload, Time now) {
    ++seen_.received;
    if (opcode == Opcode::kPing) return check(client_.send(client_frame(Opcode::kPong, payload)));
    if (opcode == Opcode::kBinary && protocol_.audio_is_played) return play(payload.size(), now);
    if (opcode != Opcode::kText) return;
    if (protocol_.socketio && payload == "2") return check(client_.send(client_frame(Opcode::kText, "3")));
    if (protocol_.socketio && payload.starts_with("0")) {
      return check(client_.send(client_frame(Opcode::kText, "40")));
    }
    if (!ready_ && protocol_.is(payload, protocol_.ready)) ready_ = true;
    if (!asked_.empty() && protocol_.is(payload, protocol_.answer)) {
      seen_.delays_ms.push_back(milliseconds_of(now - asked_.front()));
      asked_.pop_front();
    }
  }

  // An answer is played as it comes: a frame is late that is not here when the one before it has been played.
  void play(std::size_t bytes, Time now) {
    if (now > plays_until_ + std::chrono::seconds(1)) {
      ++seen_.answers;
      plays_until_ = now;
    }
    const auto frames = static_cast<std::uint64_t>(static_cast<double>(bytes) / kFrameBytes);
    seen_.frames += frames;
    if (now > plays_until_) {
      seen_.late +=
          std::min<std::uint64_t>(frames, static_cast<std::uint64_t>((now - plays_until_) / kFrame) + 1);
      plays_until_ = now;
    }
    plays_until_ += frames * kFrame;
  }

  Client client_;
  const Protocol& protocol_;
  Seen& seen_;
  bool ready_ = false;
  bool gone_ = false;
  std::deque<Time> asked_;
  Time plays_until_{};
};

class Load {
 public:
  Load(std::uint16_t port, const Protocol& protocol, std::vector<std::string> chunks)
      : port_(port),
        protocol_(protocol),
        chunks_(std::move(chunks)),
        probe_(client_frame(Opcode::kText, protocol.probe)),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

  // Until each is in or was refused: one after the other, or all at once.
  void connect(std::size_t count, bool at_once) {
    const std::size_t first = talkers_.size();
    for (std::size_t i = 0; i < count; ++i) {
      add();
      if (!at_once) settle(talkers_.size() - 1);
    }
    settle(first);
  }

  // Chunk n of a talker is due n times 100 ms after its own first moment in the first 100 ms.
  void talk(Clock::duration time) {
    const Time begin = Clock::now();
    const Time end = begin + time;
    for (; next_due(begin) < end; advance()) {
      for (Time now = Clock::now(); now < next_due(begin); now = Clock::now()) {
        wait(std::chrono::ceil<milliseconds>(
                 std::min<Clock::duration>(next_due(begin) - now, milliseconds(5))) -
             milliseconds(1));
      }
      const Time now = Clock::now();
      Talker& talker = *talkers_[turn_];
      if (talker.gone()) continue;
      seen_.lag_ms.push_back(milliseconds_of(now - next_due(begin)));
      talker.say(chunks_[(round_ + turn_ * 37) % chunks_.size()]);
      if ((round_ + turn_) % kProbeEvery == 0) talker.probe(probe_, now);
      // A server that answers at once must not wait for all that is still to be sent.
      if (turn_ % 16 == 15) wait(milliseconds(0));
    }
    turn_ = 0;
    round_ = 0;
  }

  // Sessions that come, say something and go, some at a time.
  void churn(std::size_t count, std::size_t at_a_time) {
    for (std::size_t done = 0; done < count; done += at_a_time) {
      connect(std::min(at_a_time, count - done), true);
      for (std::size_t i = 0; i < 5; ++i) {
        for (const auto& talker : talkers_) talker->say(chunks_[i % chunks_.size()]);
        wait(milliseconds(2));
      }
      talkers_.clear();
    }
  }

  std::size_t present() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(talkers_, [](const auto& each) { return each->ready() && !each->gone(); }));
  }
  Seen& seen() { return seen_; }
  // All but who was lost.
  void forget() {
    Seen fresh;
    fresh.lost = seen_.lost;
    fresh.refused = seen_.refused;
    seen_ = std::move(fresh);
  }

 private:
  void add() {
    talkers_.push_back(std::make_unique<Talker>(port_, protocol_, seen_));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = talkers_.back().get();
    const int socket = talkers_.back()->client().socket();
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
  }
  // Those from `first` on.
  void settle(std::size_t first) {
    const Time patience = Clock::now() + kPatience;
    for (bool settled = false; !settled; wait(milliseconds(1))) {
      if (Clock::now() > patience)
        throw std::runtime_error("the server lets nobody in, and sends nobody away");
      settled = true;
      for (std::size_t i = first; i < talkers_.size(); ++i) {
        Talker& talker = *talkers_[i];
        if (talker.ready() || talker.gone()) continue;
        talker.listen(Clock::now());  // sends what could not be sent before there was a connection
        settled = settled && (talker.ready() || talker.gone());
      }
    }
  }

  Time next_due(Time begin) const {
    return begin + static_cast<std::int64_t>(round_) * kChunk +
           std::chrono::duration_cast<Clock::duration>(kChunk) * static_cast<std::int64_t>(turn_) /
               static_cast<std::int64_t>(talkers_.size());
  }
  void advance() {
    if (++turn_ < talkers_.size()) return;
    turn_ = 0;
    ++round_;
  }

  void wait(milliseconds time) {
    std::array<epoll_event, 256> events{};
    const int count = ::epoll_wait(epoll_, events.data(), events.size(), static_cast<int>(time.count()));
    const Time now = Clock::now();
    for (int i = 0; i < count; ++i) {
      auto* talker = static_cast<Talker*>(events[static_cast<std::size_t>(i)].data.ptr);
      talker->listen(now);
      if (talker->gone()) ::epoll_ctl(epoll_, EPOLL_CTL_DEL, talker->client().socket(), nullptr);
    }
  }

  const std::uint16_t port_;
  const Protocol& protocol_;
  const std::vector<std::string> chunks_;
  const std::string probe_;
  const int epoll_;
  std::vector<std::unique_ptr<Talker>> talkers_;
  std::size_t turn_ = 0;
  std::size_t round_ = 0;
  Seen seen_;
};

void print(Load& load) {
  Seen& seen = load.seen();
  fmt::print(R"({{"delay_p50_ms":{:.3f},"delay_p99_ms":{:.3f},"probes":{},"lag_p99_ms":{:.3f},"received":{},)"
             R"("answers":{},"frames":{},"late_frames":{},"present":{},"lost":{},"refused":{}}})"
             "\n",
             percentile(seen.delays_ms, 0.5), percentile(seen.delays_ms, 0.99), seen.delays_ms.size(),
             percentile(seen.lag_ms, 0.99), seen.received, seen.answers, seen.frames, seen.late,
             load.present(), seen.lost, seen.refused);
  std::fflush(stdout);
}

std::size_t number(std::string_view text) {
  std::size_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size())
    throw std::invalid_argument("not a number");
  return value;
}

int run(const std::vector<std::string_view>& arguments) {
  const std::string_view what = arguments[0];
  const auto protocol =
      std::ranges::find_if(kProtocols, [&](const Protocol& each) { return each.name == arguments[1]; });
  if (protocol == kProtocols.end()) throw std::invalid_argument("no such protocol");
  std::ifstream file{std::string(arguments[3]), std::ios::binary};
  const std::string recording{std::istreambuf_iterator<char>(file), {}};
  Load load(static_cast<std::uint16_t>(number(arguments[2])), *protocol,
            chunks_of(recording, protocol->base64 ? 4800 : 3200, *protocol));
  const std::size_t sessions = number(arguments[4]);
  const std::size_t amount = number(arguments[5]);
  if (what == "talk") {
    load.connect(sessions, false);
    load.talk(std::chrono::seconds(2));
    load.forget();
    fmt::print("steady\n");
    std::fflush(stdout);
    load.talk(std::chrono::seconds(amount));
  } else if (what == "burst") {
    load.connect(sessions, true);
  } else if (what == "churn") {
    load.churn(amount, sessions);
  } else {
    throw std::invalid_argument("expected talk, burst or churn");
  }
  print(load);
  return 0;
}

}  // namespace
}  // namespace parley::bench

int main(int count, char** arguments) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  if (count != 7) {
    fmt::print(stderr,
               "usage: realtime_load talk PROTOCOL PORT RECORDING SESSIONS SECONDS\n"
               "       realtime_load burst PROTOCOL PORT RECORDING SESSIONS 0\n"
               "       realtime_load churn PROTOCOL PORT RECORDING AT_A_TIME SESSIONS\n"
               "RECORDING: PCM16 mono without a header, 24 kHz for openai, else 16 kHz\n");
    return 2;
  }
  try {
    return parley::bench::run({arguments + 1, arguments + count});
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
