// SPDX-License-Identifier: Apache-2.0
#include "inference/providers/download.hpp"

#include "inference/providers/part_file.hpp"
#include "net/http_client.hpp"
#include "runtime/whole_number.hpp"

#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <sys/statvfs.h>

namespace parley::inference {

namespace urls = boost::urls;
using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

namespace {

constexpr int kRedirects = 5;
constexpr int kAttempts = 5;  // at one address, each but the first only after bytes have come
constexpr std::chrono::milliseconds kConnect{10'000};

struct Job {
  Context context;
  std::shared_ptr<net::HttpClient> http;
  const ModelStore& store;
  const Model model;
  const PullOptions options;
};

// Why an attempt ended, and whether another at the same address can do better.
struct Failure {
  Error error;
  bool again = false;
};
using Attempt = std::optional<Failure>;  // nothing: done

Failure final_failure(ErrorCode code, std::string message, const std::string& about) {
  return {{code, std::move(message), about}, false};
}

constexpr auto number = runtime::whole_number<std::uint64_t>;

// Whether "bytes FIRST-LAST/TOTAL" (RFC 9110, 14.4) goes on where we are in the file that we want.
bool goes_on(std::string_view range, std::uint64_t first, std::uint64_t total) {
  if (!range.starts_with("bytes ")) return false;
  range.remove_prefix(6);
  const auto dash = range.find('-');
  const auto slash = range.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos || slash < dash) return false;
  return number(range.substr(0, dash)) == first && number(range.substr(slash + 1)) == total;
}

// Where a redirection leads; nothing when it leads nowhere or out of https.
std::optional<std::string> redirected(const std::string& from, const net::HttpHead& head) {
  const auto location = head.headers.find("Location");
  const auto base = urls::parse_uri(from);
  if (!location || !base) return std::nullopt;
  const auto target = urls::parse_uri_reference(*location);
  if (!target) return std::nullopt;
  urls::url resolved;
  if (!urls::resolve(*base, *target, resolved)) return std::nullopt;
  const bool secure = resolved.scheme_id() == urls::scheme::https;
  if (!secure && (resolved.scheme_id() != urls::scheme::http || base->scheme_id() == urls::scheme::https)) {
    return std::nullopt;
  }
  resolved.remove_fragment();
  return std::string(resolved.buffer());
}

bool is_redirection(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Task<Result<net::HttpStream>> open_following(const Job& job, std::string url, std::uint64_t first,
                                             std::uint64_t size) {
  for (int hop = 0; hop <= kRedirects; ++hop) {
    net::HttpRequest request{.url = url, .connect_timeout = kConnect};
    request.head_timeout = job.options.patience;
    request.max_body = static_cast<std::size_t>(size);
    request.headers.add("Accept-Encoding", "identity");
    if (first > 0) request.headers.add("Range", "bytes=" + std::to_string(first) + "-");
    auto stream = co_await job.http->open(job.context, std::move(request));
    if (!stream) co_return stream.error();
    if (!is_redirection(stream->head.status)) co_return std::move(*stream);
    const auto next = redirected(url, stream->head);
    if (!next) co_return Error{ErrorCode::kServiceUnavailable, "the server redirects to nowhere"};
    url = *next;
  }
  co_return Error{ErrorCode::kServiceUnavailable, "the server redirects without end"};
}

// Judges the head of an answer; afterwards the part holds what the body goes on from.
Attempt begin(const net::HttpHead& head, const ModelFile& file, PartFile& part, const std::string& url) {
  const Failure other =
      final_failure(ErrorCode::kUnsupportedMedia, "the server has another file than the list names", url);
  if (head.status == 206) {
    const auto range = head.headers.find("Content-Range");
    if (range && goes_on(*range, part.size(), file.size)) return std::nullopt;
    return other;
  }
  if (head.status == 416 && part.size() > 0) {
    const auto dropped = part.restart();
    if (!dropped) return Failure{dropped.error()};
    return Failure{other.error, true};
  }
  if (head.status == 404 || head.status == 410) {
    return final_failure(ErrorCode::kNotFound, "the server does not have the file", url);
  }
  if (head.status != 200) {
    return final_failure(ErrorCode::kServiceUnavailable,
                         "the server answered with status " + std::to_string(head.status), url);
  }
  const auto length = head.headers.find("Content-Length");
  if (length && number(*length) != file.size) return other;
  if (part.size() == 0) return std::nullopt;
  const auto dropped = part.restart();
  if (!dropped) return Failure{dropped.error()};
  return std::nullopt;
}

// Reads one answer into the part, until the file is whole.
Task<Attempt> receive(const Job& job, const ModelFile& file, PartFile& part, const std::string& url,
                      std::uint64_t before) {
  const std::uint64_t held = part.size();
  auto stream = co_await open_following(job, url, held, file.size);
  if (!stream) co_return Failure{{stream.error().code, stream.error().message, url}};
  const Attempt refused = begin(stream->head, file, part, url);
  if (refused) co_return refused;
  const std::uint64_t begun = part.size();
  for (;;) {
    auto piece = co_await stream->body.next(runtime::SystemClock().now() + job.options.patience);
    if (!piece) {
      const bool ended = job.context.cancelled() || piece.error().code == ErrorCode::kPayloadTooLarge;
      co_return Failure{{piece.error().code, piece.error().message, url}, !ended && part.size() > begun};
    }
    if (!piece->has_value()) break;
    if (part.size() + (*piece)->size() > file.size) {
      co_return final_failure(ErrorCode::kUnsupportedMedia, "the server sends more than the file", url);
    }
    const auto written = part.add(**piece);
    if (!written) co_return Failure{written.error()};
    if (job.options.progress) job.options.progress(before + part.size(), job.model.size());
  }
  if (part.size() == file.size) co_return std::nullopt;
  co_return Failure{{ErrorCode::kServiceUnavailable, "the server stopped before the end of the file", url},
                    part.size() > begun};
}

// One try at one address, from what is there to the verified file.
Task<Attempt> attempt(const Job& job, const ModelFile& file, const std::string& url, std::uint64_t before) {
  const auto path = job.store.part(job.model, file);
  auto part = PartFile::open(path, file.size);
  if (!part) co_return Failure{part.error()};
  const std::uint64_t held = part->size();
  if (held < file.size) {
    const Attempt failed = co_await receive(job, file, *part, url, before);
    if (failed) co_return failed;
  }
  if (part->checksum() != file.sha256) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    // What was left over may have been of another file: then the same address may be right from the start.
    co_return Failure{
        {ErrorCode::kUnsupportedMedia, "the checksum is wrong: this is not the file of the list", url},
        held > 0};
  }
  const auto kept = job.store.keep(job.model, file);
  if (!kept) co_return Failure{kept.error()};
  co_return std::nullopt;
}

Task<Result<>> fetch(const Job& job, const ModelFile& file, std::uint64_t before) {
  std::vector<std::string> addresses;
  for (const std::string& mirror : job.options.mirrors) {
    addresses.push_back(mirror + (mirror.ends_with('/') ? "" : "/") + job.model.name + "/" + file.path);
  }
  addresses.push_back(file.url);
  Error last;
  for (const std::string& url : addresses) {
    for (int tried = 0; tried < kAttempts; ++tried) {
      const Attempt failed = co_await attempt(job, file, url, before);
      if (!failed) co_return Result<>();
      last = failed->error;
      const auto ended = job.context.check(runtime::SystemClock().now());
      if (!ended) co_return ended.error();
      if (!failed->again) break;
    }
  }
  co_return last;
}

Result<> check_room(const ModelStore& store, const Model& model, std::uint64_t wanted) {
  const auto folder = store.folder() / model.name;
  struct statvfs disk{};
  if (::statvfs(folder.c_str(), &disk) != 0) return {};  // unknown: writing will tell
  if (static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize >= wanted) return {};
  return disk_error(ENOSPC, folder);
}

}  // namespace

Task<Result<>> download(Context context, std::shared_ptr<net::HttpClient> http, const ModelStore& store,
                        Model model, PullOptions options) {
  const auto locked = store.lock(model);
  if (!locked) co_return locked.error();
  const Job job{std::move(context), std::move(http), store, std::move(model), std::move(options)};
  std::uint64_t missing = 0;
  std::error_code error;
  for (const ModelFile& file : job.model.files) {
    const auto path = store.path(job.model, file);
    if (!std::filesystem::exists(path, error)) missing += file.size;
  }
  const auto room = check_room(store, job.model, missing);
  if (!room) co_return room.error();
  std::uint64_t before = 0;
  for (const ModelFile& file : job.model.files) {
    const auto path = store.path(job.model, file);
    const bool there =
        std::filesystem::exists(path, error) && std::filesystem::file_size(path, error) == file.size;
    if (!there) {
      const auto fetched = co_await fetch(job, file, before);
      if (!fetched) co_return fetched.error();
    }
    before += file.size;
    if (job.options.progress) job.options.progress(before, job.model.size());
  }
  co_return Result<>();
}

}  // namespace parley::inference
