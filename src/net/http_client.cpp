// SPDX-License-Identifier: Apache-2.0
#include "net/http_client.hpp"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <charconv>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <curl/curl.h>

namespace parley::net {
namespace asio = boost::asio;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr std::size_t kPieces = 16;            // unread pieces of one body
constexpr long kPieceBytes = 16 * 1024;        // most that curl hands over at once
constexpr std::size_t kHeadBytes = 64 * 1024;  // of a response
constexpr const char* kNotThroughProxy = "localhost,127.0.0.1,::1";

struct EasyDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;
using List = std::unique_ptr<curl_slist, ListDeleter>;

void initialise_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

Result<List> header_list(const Headers& headers) {
  // An empty Expect keeps curl from waiting a second for "100 Continue" before a long body.
  List list(curl_slist_append(nullptr, "Expect:"));
  for (const auto& [name, value] : headers.fields()) {
    if (name.empty() || has_control(name) || has_control(value)) {
      return Error{ErrorCode::kBadRequest, "a header of the request is malformed"};
    }
    // curl takes "Name;" for a header without a value.
    const std::string line = value.empty() ? name + ";" : name + ": " + value;
    curl_slist* const shorter = list.release();
    curl_slist* const longer = curl_slist_append(shorter, line.c_str());
    list.reset(longer == nullptr ? shorter : longer);
    if (longer == nullptr) return Error{ErrorCode::kInternalError, "out of memory"};
  }
  return list;
}

long milliseconds_left(runtime::TimePoint deadline) {
  if (deadline == runtime::TimePoint::max()) return 0;  // curl: no limit
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - runtime::SystemClock().now());
  return static_cast<long>(std::clamp<std::int64_t>(left.count(), 1, 7L * 24 * 3600 * 1000));
}

Error error_of(CURLcode code, CURL* easy) {
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return {ErrorCode::kBadRequest, "the address is not a valid http or https URL"};
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return {ErrorCode::kServiceUnavailable, "the name of the server is not known"};
    case CURLE_COULDNT_CONNECT:
      return {ErrorCode::kServiceUnavailable, "the server refused the connection"};
    case CURLE_OPERATION_TIMEDOUT: {
      curl_off_t ready = 0;
      curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
      if (ready == 0) return {ErrorCode::kServiceUnavailable, "the server could not be reached in time"};
      return {ErrorCode::kTimeout, "the server did not answer in time"};
    }
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return {ErrorCode::kServiceUnavailable, "the certificate of the server could not be verified"};
    case CURLE_SSL_CONNECT_ERROR:
      return {ErrorCode::kServiceUnavailable, "no secure connection to the server could be made"};
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
      return {ErrorCode::kInternalError, "the request could not be made"};
    default:
      return {ErrorCode::kServiceUnavailable, "the connection to the server was lost"};
  }
}

}  // namespace

// One request. Everything is touched on the engine's strand only, but for what is marked.
struct HttpClient::Transfer {
  HttpRequest request;
  runtime::Context context;
  Easy easy;
  List headers;
  runtime::StreamWriter<std::string> writer;
  std::optional<std::stop_callback<std::function<void()>>> on_stop;     // the context's
  std::optional<std::stop_callback<std::function<void()>>> on_dropped;  // the reader's
  std::atomic<bool> paused = false;                                     // any thread
  bool attached = false;                                                // to the multi handle
  bool head_done = false;
  std::size_t head_bytes = 0;
  std::size_t body_bytes = 0;
  std::optional<Error> refusal;  // why a callback ended the transfer

  runtime::Signal head_ready;
  std::mutex mutex;  // guards the two below
  HttpHead head;
  std::optional<Error> failure;

  void finish_head() {
    head_done = true;
    head_ready.notify();
  }

  // After the head, the body carries the failure behind the pieces that came before it.
  void fail(Error error) {
    writer.fail(error);
    {
      const std::lock_guard lock(mutex);
      if (!failure && !head_done) failure = std::move(error);
    }
    head_ready.notify();
  }
};

// The curl multi handle and what it waits for, on one strand.
class HttpClient::Engine : public std::enable_shared_from_this<HttpClient::Engine> {
 public:
  Engine(const runtime::Executor& executor, HttpClientConfig config)
      : strand_(asio::make_strand(executor)), timer_(strand_), config_(std::move(config)) {
    initialise_curl();
    multi_ = curl_multi_init();
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Engine::on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Engine::on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(config_.max_connections));
    curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  }

  // Runs once nothing refers to the engine any more, hence on no strand and with no handler pending.
  ~Engine() {
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, nullptr);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, nullptr);
    for (auto& [key, transfer] : transfers_) curl_multi_remove_handle(multi_, transfer->easy.get());
    for (auto& [fd, watch] : watches_) release(*watch);
    curl_multi_cleanup(multi_);
  }

  void start(const std::shared_ptr<Transfer>& transfer) {
    asio::post(strand_, [self = shared_from_this(), transfer] { self->attach(transfer); });
  }

  void cancel(const std::shared_ptr<Transfer>& transfer) {
    asio::post(strand_, [self = shared_from_this(), transfer] {
      self->end(transfer, Error{ErrorCode::kCancelled, "the request was cancelled"});
    });
  }

  void resume(const std::shared_ptr<Transfer>& transfer) {
    asio::post(strand_, [self = shared_from_this(), transfer] {
      if (!transfer->attached) return;
      curl_easy_pause(transfer->easy.get(), CURLPAUSE_CONT);
      self->drive(CURL_SOCKET_TIMEOUT, 0);
    });
  }

  void shut_down() {
    asio::post(strand_, [self = shared_from_this()] {
      self->closed_ = true;
      while (!self->transfers_.empty()) {
        self->end(self->transfers_.begin()->second,
                  Error{ErrorCode::kCancelled, "the client is shutting down"});
      }
      self->timer_.cancel();
      for (auto& [fd, watch] : self->watches_) release(*watch);
      self->watches_.clear();
    });
  }

 private:
  struct Watch {
    explicit Watch(const runtime::Executor& executor, curl_socket_t fd) : descriptor(executor, fd) {}
    asio::posix::stream_descriptor descriptor;
    bool want_read = false;
    bool want_write = false;
    bool reading = false;
    bool writing = false;
    bool gone = false;  // curl no longer owns the number; handlers still pending find out here
  };

  // curl owns the socket: Asio must forget it without closing it.
  static void release(Watch& watch) {
    if (watch.gone) return;
    watch.gone = true;
    static_cast<void>(watch.descriptor.release());
  }

  void attach(const std::shared_ptr<Transfer>& transfer) {
    if (closed_) return transfer->fail(Error{ErrorCode::kCancelled, "the client is shutting down"});
    if (transfer->context.cancelled() || transfer->writer.cancelled()) {
      return transfer->fail(Error{ErrorCode::kCancelled, "the request was cancelled"});
    }
    const Result<> ready = prepare(*transfer);
    if (!ready) return transfer->fail(ready.error());
    CURL* easy = transfer->easy.get();
    transfers_.emplace(easy, transfer);
    transfer->attached = true;
    curl_multi_add_handle(multi_, easy);
  }

  Result<> prepare(Transfer& transfer) {
    const HttpRequest& request = transfer.request;
    auto headers = header_list(request.headers);
    if (!headers) return headers.error();
    transfer.headers = std::move(*headers);
    transfer.easy.reset(curl_easy_init());
    CURL* easy = transfer.easy.get();
    if (easy == nullptr) return Error{ErrorCode::kInternalError, "the request could not be made"};
    curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, kPieceBytes);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "parley");
    // An empty proxy also keeps curl from looking into the environment.
    curl_easy_setopt(easy, CURLOPT_PROXY, config_.proxy.c_str());
    curl_easy_setopt(easy, CURLOPT_NOPROXY, kNotThroughProxy);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (!config_.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, config_.ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, milliseconds_left(transfer.context.deadline));
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer.headers.get());
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Engine::on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Engine::on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
    set_method(easy, request);
    return {};
  }

  static void set_method(CURL* easy, const HttpRequest& request) {
    if (request.method == "HEAD") {
      curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else if (request.method == "POST" || !request.body.empty()) {
      curl_easy_setopt(easy, CURLOPT_POST, 1L);
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      if (request.method != "POST") curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    } else if (request.method != "GET") {
      curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
  }

  // Takes a transfer off curl and tells its reader; `outcome` empty is success. Never from a curl callback.
  // By value, since the pointer given may be the one in the map.
  void end(std::shared_ptr<Transfer> transfer, std::optional<Error> outcome) {
    if (!transfer->attached) return;
    transfer->attached = false;
    transfers_.erase(transfer->easy.get());
    curl_multi_remove_handle(multi_, transfer->easy.get());
    transfer->on_stop.reset();
    transfer->on_dropped.reset();
    if (outcome) {
      transfer->fail(std::move(*outcome));
    } else {
      transfer->writer.finish();
      transfer->finish_head();
    }
  }

  void drive(curl_socket_t fd, int events) {
    if (closed_) return;
    int running = 0;
    curl_multi_socket_action(multi_, fd, events, &running);
    collect();
  }

  void collect() {
    int waiting = 0;
    for (CURLMsg* message = curl_multi_info_read(multi_, &waiting); message != nullptr;
         message = curl_multi_info_read(multi_, &waiting)) {
      if (message->msg != CURLMSG_DONE) continue;
      const auto found = transfers_.find(message->easy_handle);
      if (found == transfers_.end()) continue;
      const auto transfer = found->second;
      const CURLcode code = message->data.result;
      std::optional<Error> outcome = transfer->refusal;
      if (!outcome && code != CURLE_OK) outcome = error_of(code, transfer->easy.get());
      end(transfer, std::move(outcome));
    }
  }

  static int on_timer(CURLM*, long timeout_ms, void* self_pointer) {
    auto* self = static_cast<Engine*>(self_pointer);
    if (timeout_ms < 0) {
      self->timer_.cancel();
      return 0;
    }
    self->timer_.expires_after(std::chrono::milliseconds(timeout_ms));
    self->timer_.async_wait([weak = self->weak_from_this()](const boost::system::error_code& error) {
      const auto engine = weak.lock();
      if (engine && !error) engine->drive(CURL_SOCKET_TIMEOUT, 0);
    });
    return 0;
  }

  static int on_socket(CURL*, curl_socket_t fd, int what, void* self_pointer, void*) {
    auto* self = static_cast<Engine*>(self_pointer);
    if (what == CURL_POLL_REMOVE) {
      const auto found = self->watches_.find(fd);
      if (found == self->watches_.end()) return 0;
      release(*found->second);
      self->watches_.erase(found);
      return 0;
    }
    auto& watch = self->watches_[fd];
    if (!watch) watch = std::make_shared<Watch>(self->strand_, fd);
    watch->want_read = (what & CURL_POLL_IN) != 0;
    watch->want_write = (what & CURL_POLL_OUT) != 0;
    self->arm(fd, watch);
    return 0;
  }

  void arm(curl_socket_t fd, const std::shared_ptr<Watch>& watch) {
    if (watch->want_read && !watch->reading) {
      watch->reading = true;
      watch->descriptor.async_wait(
          asio::posix::descriptor_base::wait_read,
          [weak = weak_from_this(), fd, watch](const boost::system::error_code& error) {
            watch->reading = false;
            const auto engine = weak.lock();
            if (engine) engine->ready(fd, watch, watch->want_read, CURL_CSELECT_IN, error);
          });
    }
    if (watch->want_write && !watch->writing) {
      watch->writing = true;
      watch->descriptor.async_wait(
          asio::posix::descriptor_base::wait_write,
          [weak = weak_from_this(), fd, watch](const boost::system::error_code& error) {
            watch->writing = false;
            const auto engine = weak.lock();
            if (engine) engine->ready(fd, watch, watch->want_write, CURL_CSELECT_OUT, error);
          });
    }
  }

  void ready(curl_socket_t fd, const std::shared_ptr<Watch>& watch, bool wanted, int event,
             const boost::system::error_code& error) {
    if (watch->gone || error == asio::error::operation_aborted) return;
    if (wanted) drive(fd, error ? CURL_CSELECT_ERR : event);
    if (!watch->gone) arm(fd, watch);
  }

  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* transfer_pointer) {
    auto& transfer = *static_cast<Transfer*>(transfer_pointer);
    const std::size_t bytes = size * count;
    std::string_view line(data, bytes);
    transfer.head_bytes += bytes;
    if (transfer.head_bytes > kHeadBytes) {
      transfer.refusal = Error{ErrorCode::kServiceUnavailable, "the head of the server's answer is too long"};
      return 0;
    }
    if (transfer.head_done) return bytes;  // a trailer
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
    const std::lock_guard lock(transfer.mutex);
    if (line.starts_with("HTTP/")) {
      transfer.head = HttpHead{};
      const auto space = line.find(' ');
      if (space != std::string_view::npos) {
        std::from_chars(line.data() + space + 1, line.data() + line.size(), transfer.head.status);
      }
    } else if (line.empty()) {
      if (transfer.head.status >= 200) transfer.finish_head();
    } else {
      const auto colon = line.find(':');
      if (colon == std::string_view::npos) return bytes;
      std::string_view value = line.substr(colon + 1);
      while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
      while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
      transfer.head.headers.add(std::string(line.substr(0, colon)), std::string(value));
    }
    return bytes;
  }

  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* transfer_pointer) {
    auto& transfer = *static_cast<Transfer*>(transfer_pointer);
    const std::size_t bytes = size * count;
    if (bytes == 0) return 0;
    if (transfer.body_bytes + bytes > transfer.request.max_body) {
      transfer.refusal = Error{ErrorCode::kPayloadTooLarge, "the server's answer is too long"};
      return 0;
    }
    Result<> pushed = transfer.writer.push(std::string(data, bytes));
    if (!pushed && pushed.error().code == ErrorCode::kOverloaded) {
      // The reader looks at `paused` after each piece it takes: set it first, then try again, so that a
      // reader that emptied the stream meanwhile is not missed.
      transfer.paused.store(true);
      pushed = transfer.writer.push(std::string(data, bytes));
      if (!pushed && pushed.error().code == ErrorCode::kOverloaded) return CURL_WRITEFUNC_PAUSE;
      transfer.paused.store(false);
    }
    if (!pushed) {
      transfer.refusal = pushed.error();
      return 0;
    }
    transfer.body_bytes += bytes;
    return bytes;
  }

  const asio::strand<runtime::Executor> strand_;
  asio::steady_timer timer_;
  const HttpClientConfig config_;
  CURLM* multi_ = nullptr;
  bool closed_ = false;
  std::unordered_map<CURL*, std::shared_ptr<Transfer>> transfers_;
  std::map<curl_socket_t, std::shared_ptr<Watch>> watches_;
};

struct HttpBody::State {
  std::shared_ptr<HttpClient::Engine> engine;
  std::shared_ptr<HttpClient::Transfer> transfer;
  runtime::Stream<std::string> pieces;
};

HttpBody::HttpBody() = default;
HttpBody::HttpBody(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpBody::HttpBody(HttpBody&&) noexcept = default;
HttpBody& HttpBody::operator=(HttpBody&&) noexcept = default;
HttpBody::~HttpBody() = default;

runtime::Task<Result<std::optional<std::string>>> HttpBody::next(runtime::TimePoint deadline) {
  if (!state_) co_return std::optional<std::string>();
  auto piece = co_await state_->pieces.next(deadline);
  if (state_->transfer->paused.exchange(false)) state_->engine->resume(state_->transfer);
  co_return piece;
}

HttpClient::HttpClient(runtime::Executor executor, HttpClientConfig config)
    : engine_(std::make_shared<Engine>(executor, std::move(config))) {}

HttpClient::~HttpClient() { engine_->shut_down(); }

runtime::Task<Result<HttpStream>> HttpClient::open(runtime::Context context, HttpRequest request) {
  const std::shared_ptr<Engine> engine = engine_;
  const Result<> early = context.check(runtime::SystemClock().now());
  if (!early) co_return early.error();
  auto [pieces, writer] = runtime::make_stream<std::string>(kPieces);
  const auto transfer = std::make_shared<Transfer>();
  transfer->request = std::move(request);
  transfer->context = context;
  transfer->writer = std::move(writer);
  const std::function<void()> cancel = [weak_engine = std::weak_ptr<Engine>(engine),
                                        weak = std::weak_ptr<Transfer>(transfer)] {
    const auto alive = weak_engine.lock();
    const auto live = weak.lock();
    if (alive && live) alive->cancel(live);
  };
  // From here on, dropping `body` (also by dropping this coroutine) cancels the transfer.
  auto state = std::make_unique<HttpBody::State>();
  state->engine = engine;
  state->transfer = transfer;
  state->pieces = std::move(pieces);
  HttpBody body(std::move(state));
  transfer->on_dropped.emplace(transfer->writer.stop_token(), cancel);
  transfer->on_stop.emplace(context.stop, cancel);
  const auto patience = transfer->request.head_timeout;
  const runtime::TimePoint now = runtime::SystemClock().now();
  const runtime::Context head = patience.count() > 0 ? context.until(now + patience) : context;
  engine->start(transfer);
  const bool notified = co_await transfer->head_ready.wait(head.deadline);
  const std::lock_guard lock(transfer->mutex);
  if (transfer->failure) co_return *transfer->failure;
  if (!notified) {
    const Result<> late = head.check(runtime::SystemClock().now());
    if (!late) co_return late.error();
    co_return Error{ErrorCode::kCancelled, "the wait was cancelled"};
  }
  co_return HttpStream{std::move(transfer->head), std::move(body)};
}

runtime::Task<Result<HttpResponse>> HttpClient::request(runtime::Context context, HttpRequest request) {
  auto stream = co_await open(context, std::move(request));
  if (!stream) co_return stream.error();
  HttpResponse response{std::move(stream->head), {}};
  for (;;) {
    auto piece = co_await stream->body.next(context.deadline);
    if (!piece) co_return piece.error();
    if (!piece->has_value()) break;
    response.body += **piece;
  }
  co_return response;
}

void HttpClientConfig::bind(runtime::ConfigSpec& spec) {
  spec.bind("http_client.proxy", proxy, "Proxy of outgoing requests, such as http://host:3128; empty: none");
  spec.bind("http_client.ca_file", ca_file, "PEM file of trusted authorities; empty: the system's");
  spec.bind("http_client.max_connections", max_connections, "Most connections open at once");
}

Result<> HttpClientConfig::validate() const {
  if (max_connections < 1 || max_connections > 10'000) {
    return Error{ErrorCode::kBadRequest, "must be between 1 and 10000", "http_client.max_connections"};
  }
  return {};
}

}  // namespace parley::net
