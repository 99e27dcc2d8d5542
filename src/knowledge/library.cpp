// SPDX-License-Identifier: Apache-2.0
#include "knowledge/library.hpp"

#include "knowledge/extraction/extract.hpp"
#include "knowledge/extraction/text_builder.hpp"
#include "knowledge/indexing.hpp"
#include "knowledge/store/search.hpp"
#include "knowledge/store/spoken_words.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <stop_token>

#include <fmt/format.h>
#include <openssl/evp.h>

namespace parley::knowledge {

using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

namespace {

constexpr std::size_t kMaxNameBytes = 255;
constexpr std::size_t kMaxUnreadEvents = 256;
constexpr std::chrono::milliseconds kLookAgainAfter{500};

std::string content_hash(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 failed");
  }
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

// A path below some folder is kept, so that files of one name in two folders are two documents. Of any other
// path, whichever system it comes from, only the last part is: it says where the file lies on a machine.
Result<std::string> plain_name(std::string_view filename) {
  if (!text::is_valid_utf8(filename))
    return Error{ErrorCode::kBadRequest, "the file name is not valid UTF-8", "filename"};
  std::string path(filename);
  std::ranges::replace(path, '\\', '/');
  bool below = !path.starts_with('/') && path.find(':') != 1;
  std::string whole;
  std::string last;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    std::string part = clean_line(std::string_view(path).substr(begin, end - begin));
    begin = end + 1;
    if (part.empty() || part == ".") continue;
    below = below && part != "..";
    whole += whole.empty() ? part : '/' + part;
    last = std::move(part);
  }
  if (last.empty() || last == ".." || path.ends_with('/')) {
    return Error{ErrorCode::kBadRequest, "the document has no file name", "filename"};
  }
  std::string name = below ? std::move(whole) : std::move(last);
  if (name.size() > kMaxNameBytes)
    return Error{ErrorCode::kBadRequest, "the file name is too long", "filename"};
  return name;
}

const char* label_of(DocumentStatus status) {
  switch (status) {
    case DocumentStatus::kPending:
      return "pending";
    case DocumentStatus::kProcessing:
      return "processing";
    case DocumentStatus::kCompleted:
      return "completed";
    case DocumentStatus::kFailed:
      break;
  }
  return "failed";
}

}  // namespace

// Shared with the work on the pools, which may end after the library.
struct Library::State : std::enable_shared_from_this<State> {
  State(KnowledgeConfig settings, LibraryParts used)
      : config(settings),
        parts(used),
        store(parts.database),
        search(parts.database, store),
        spoken(store),
        search_seconds(
            parts.metrics.histogram("parley_search_seconds", "Time of one search over the documents")),
        index_seconds(parts.metrics.histogram("parley_document_index_seconds",
                                              "Time from taking up a document to its being searchable")) {}

  void start_workers();
  void work();
  // False when nothing is left to do.
  bool work_once();
  void process(const PendingDocument& document);
  std::optional<PendingDocument> take_next();
  void finish(const PendingDocument& document);
  void tell(const std::string& tenant, Document document);
  void changed(const std::string& tenant) {
    const std::lock_guard lock(mutex);
    ++revisions[tenant];
  }
  std::uint64_t revision(const std::string& tenant) {
    const std::lock_guard lock(mutex);
    const auto found = revisions.find(tenant);
    return found == revisions.end() ? 0 : found->second;
  }
  std::shared_ptr<const SoundIndex> spoken_words(const std::string& tenant);
  Result<SearchResult> find(const Context& context, const Query& query);
  void count(DocumentStatus status) {
    parts.metrics
        .counter("parley_documents_total", "Documents that reached a status", {{"status", label_of(status)}})
        .add();
  }
  void mark_processing(std::vector<Document>& documents) {
    const std::lock_guard lock(mutex);
    for (Document& document : documents) {
      if (document.status == DocumentStatus::kPending && processing.contains(document.id)) {
        document.status = DocumentStatus::kProcessing;
      }
    }
  }

  struct Subscriber {
    std::string tenant;
    runtime::StreamWriter<IndexProgress> writer;
  };

  const KnowledgeConfig config;
  const LibraryParts parts;
  DocumentStore store;
  FullTextSearch search;
  SpokenWords spoken;
  runtime::Histogram search_seconds;
  runtime::Histogram index_seconds;
  std::stop_source stop;

  std::mutex mutex;
  std::int64_t workers = 0;
  std::uint64_t requests = 0;        // to look for work; a worker that saw them all may end
  std::set<std::string> processing;  // ids in hand
  std::vector<Subscriber> subscribers;
  std::map<std::string, std::uint64_t> revisions;  // by tenant

  std::mutex queue_mutex;      // held while the database is asked, which `mutex` never is
  std::int64_t looked_to = 0;  // documents up to here are done or in hand
};

// Workers take documents from the database, so that nothing waits in memory however many are added.
void Library::State::start_workers() {
  {
    const std::lock_guard lock(mutex);
    ++requests;
    if (workers >= config.index_threads || stop.stop_requested()) return;
    ++workers;
  }
  const auto posted = parts.background.post([self = shared_from_this()] { self->work(); });
  if (posted) return;
  // The pool is stopping: what is pending is taken up at the next start.
  const std::lock_guard lock(mutex);
  --workers;
}

void Library::State::work() {
  for (;;) {
    std::uint64_t seen = 0;
    {
      const std::lock_guard lock(mutex);
      seen = requests;
    }
    while (work_once()) {
    }
    const std::lock_guard lock(mutex);
    if (seen == requests || stop.stop_requested()) {
      --workers;
      return;
    }
  }
}

bool Library::State::work_once() {
  if (stop.stop_requested()) return false;
  const auto document = take_next();
  if (!document) return false;
  try {
    process(*document);
  } catch (const std::exception& caught) {
    Context context;
    context.tenant = document->tenant;
    parts.log->error(context, "document_index_crashed",
                     {{"document", document->id}, {"detail", caught.what()}});
    static_cast<void>(store.fail(context, *document, "the document could not be read"));
  }
  finish(*document);
  return true;
}

std::optional<PendingDocument> Library::State::take_next() {
  const std::lock_guard queue_lock(queue_mutex);
  auto next = store.next_pending(Context().stopped_by(stop.get_token()), looked_to);
  if (!next) {
    if (next.error().code != ErrorCode::kCancelled) {
      parts.log->error(Context(), "document_queue_unreadable", {{"error", runtime::to_string(next.error())}});
    }
    return std::nullopt;
  }
  if (!*next) return std::nullopt;
  looked_to = (*next)->sequence;
  const std::lock_guard lock(mutex);
  processing.insert((*next)->id);
  return std::move(*next);
}

void Library::State::process(const PendingDocument& document) {
  Context context;
  context.tenant = document.tenant;
  context = context.stopped_by(stop.get_token());
  const auto began = parts.clock.now();
  if (const auto now = store.get(context, document.id)) {
    Document starting = *now;
    starting.status = DocumentStatus::kProcessing;
    tell(document.tenant, std::move(starting));
  }
  const auto source = store.source(context, document.sequence);
  Result<bool> stored = false;
  if (!source) {
    stored = source.error();
  } else if (*source) {
    const ChunkOptions options{.target_words = static_cast<std::size_t>(config.chunk_words),
                               .max_words = static_cast<std::size_t>(config.chunk_words) * 3 / 2};
    const auto indexed = index_document(document.tenant_key, document.filename, **source, options);
    stored = indexed ? store.complete(context, document, *indexed)
                     : store.fail(context, document, indexed.error().message);
    if (!indexed) {
      parts.log->warn(context, "document_failed",
                      {{"document", document.id}, {"error", runtime::to_string(indexed.error())}});
    }
  }
  if (!stored) {
    // A full disk or a stop: it stays pending and is taken up at the next start.
    const bool stopping = stored.error().code == ErrorCode::kCancelled;
    if (!stopping) {
      parts.log->error(context, "document_not_stored",
                       {{"document", document.id}, {"error", runtime::to_string(stored.error())}});
    }
    return;
  }
  if (!*stored) return;
  changed(document.tenant);
  const auto now = store.get(context, document.id);
  if (!now) return;
  count(now->status);
  index_seconds.observe(runtime::milliseconds_between(began, parts.clock.now()) / 1000);
  parts.log->info(context, "document_indexed",
                  {{"document", now->id},
                   {"status", label_of(now->status)},
                   {"chunks", now->chunks},
                   {"bytes", now->size_bytes}});
  // Out of hand before it is told, so that who hears of it and looks finds the same.
  finish(document);
  tell(document.tenant, *now);
}

// The words by sound; where they are outdated, they are made anew in the background.
std::shared_ptr<const SoundIndex> Library::State::spoken_words(const std::string& tenant) {
  const std::uint64_t now = revision(tenant);
  SpokenWords::Newest newest = spoken.of(tenant, now);
  if (!newest.outdated) return newest.words;
  auto work = [self = shared_from_this(), tenant, now] {
    try {
      self->spoken.build(tenant, now);
    } catch (const std::exception& caught) {
      Context context;
      context.tenant = tenant;
      self->parts.log->error(context, "spoken_words_failed", {{"detail", caught.what()}});
      self->spoken.give_up(tenant);
    }
  };
  if (!parts.background.post(std::move(work))) spoken.give_up(tenant);
  return newest.words;
}

Result<SearchResult> Library::State::find(const Context& context, const Query& query) {
  const auto began = parts.clock.now();
  const auto words = query.heard ? spoken_words(context.tenant) : nullptr;
  auto result = search.search(context, query, words.get());
  search_seconds.observe(runtime::milliseconds_between(began, parts.clock.now()) / 1000);
  return result;
}

void Library::State::finish(const PendingDocument& document) {
  const std::lock_guard lock(mutex);
  processing.erase(document.id);
}

void Library::State::tell(const std::string& tenant, Document document) {
  const std::lock_guard lock(mutex);
  std::erase_if(subscribers, [&](const Subscriber& subscriber) {
    if (subscriber.tenant != tenant) return subscriber.writer.cancelled();
    const auto pushed = subscriber.writer.push({document});
    if (pushed) return false;
    if (pushed.error().code == ErrorCode::kOverloaded) subscriber.writer.fail(pushed.error());
    return true;
  });
}

Library::Library(KnowledgeConfig config, LibraryParts parts)
    : state_(std::make_shared<State>(config, parts)) {}

Library::~Library() {
  state_->stop.request_stop();
  const std::lock_guard lock(state_->mutex);
  state_->subscribers.clear();
}

void Library::resume() { state_->start_workers(); }

Task<Result<Document>> Library::add(Context context, std::string filename, std::string bytes) {
  const auto state = state_;
  const auto name = plain_name(filename);
  if (!name) co_return name.error();
  const auto supported = check_supported(*name);
  if (!supported) co_return supported.error();
  if (bytes.empty()) co_return Error{ErrorCode::kBadRequest, "the document is empty", "file"};
  if (bytes.size() > static_cast<std::size_t>(state->config.max_document_bytes)) {
    co_return Error{
        ErrorCode::kPayloadTooLarge,
        fmt::format("the document is larger than {} MB", state->config.max_document_bytes / 1'000'000),
        "file"};
  }
  const auto shared = std::make_shared<NewDocument>();
  shared->filename = *name;
  shared->bytes = std::move(bytes);
  shared->created_at_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(state->parts.clock.wall_now().time_since_epoch())
          .count();
  auto work = [state, shared, context] {
    shared->content_hash = content_hash(shared->bytes);
    auto stored = state->store.add(context, std::move(*shared));
    if (stored && stored->status == DocumentStatus::kPending) {
      state->count(DocumentStatus::kPending);
      state->tell(context.tenant, *stored);
      state->start_workers();
    }
    return stored;
  };
  const auto added = co_await state->parts.pool.run(context, std::move(work));
  co_return added;
}

Task<Result<std::vector<Document>>> Library::list(Context context) {
  const auto state = state_;
  auto work = [state, context] { return state->store.list(context); };
  auto documents = co_await state->parts.pool.run(context, std::move(work));
  if (documents) state->mark_processing(*documents);
  co_return documents;
}

Task<Result<Document>> Library::get(Context context, std::string id) {
  const auto state = state_;
  auto work = [state, context, id] { return state->store.get(context, id); };
  const auto found = co_await state->parts.pool.run(context, std::move(work));
  if (!found) co_return found.error();
  std::vector<Document> documents = {*found};
  state->mark_processing(documents);
  co_return documents.front();
}

Task<Result<std::string>> Library::content(Context context, std::string id) {
  const auto state = state_;
  auto work = [state, context, id] { return state->store.content(context, id); };
  auto content = co_await state->parts.pool.run(context, std::move(work));
  co_return content;
}

Task<Result<>> Library::remove(Context context, std::string id) {
  const auto state = state_;
  auto work = [state, context, id] { return state->store.remove(context, id); };
  const auto removed = co_await state->parts.pool.run(context, std::move(work));
  if (removed) state->changed(context.tenant);
  co_return removed;
}

Task<Result<LibraryStatus>> Library::status(Context context) {
  const auto state = state_;
  auto work = [state, context] { return state->store.status(context); };
  const auto status = co_await state->parts.pool.run(context, std::move(work));
  co_return status;
}

Task<Result<Document>> Library::wait(Context context, std::string id) {
  auto events = progress(context);
  for (;;) {
    const auto now = co_await get(context, id);
    if (!now) co_return now.error();
    if (IndexProgress{*now}.finished()) co_return *now;
    // Each event is a reason to look again. So is time: a removal is no event.
    const auto event = co_await events.next(runtime::SystemClock().now() + kLookAgainAfter);
    const ErrorCode code = event ? ErrorCode::kCount : event.error().code;
    if (code == ErrorCode::kOverloaded) {
      events = progress(context);
    } else if (!event && code != ErrorCode::kTimeout) {
      co_return event.error();
    } else if (event && !*event) {
      co_return Error{ErrorCode::kServiceUnavailable, "the server is stopping"};
    }
  }
}

std::uint64_t Library::revision(const std::string& tenant) const { return state_->revision(tenant); }

runtime::Stream<IndexProgress> Library::progress(const Context& context) {
  auto [stream, writer] = runtime::make_stream<IndexProgress>(kMaxUnreadEvents);
  const std::lock_guard lock(state_->mutex);
  if (!state_->stop.stop_requested()) state_->subscribers.push_back({context.tenant, std::move(writer)});
  return std::move(stream);
}

namespace {

class LibraryRetriever final : public Retriever {
 public:
  using Search = std::function<Result<SearchResult>(const Context&, const Query&)>;

  LibraryRetriever(runtime::ComputePool& pool, Search search) : pool_(pool), search_(std::move(search)) {}

  std::string engine() const override { return "sqlite-fts5-bm25"; }

  Task<Result<SearchResult>> search(Context context, Query query) override {
    auto work = [search = search_, context, query] { return search(context, query); };
    const auto result = co_await pool_.run(context, std::move(work));
    if (result) co_return *result;
    const ErrorCode code = result.error().code;
    const bool passed_on =
        code == ErrorCode::kTimeout || code == ErrorCode::kCancelled || code == ErrorCode::kOverloaded;
    if (passed_on) co_return result.error();
    co_return Error{ErrorCode::kRagFailed, "the documents cannot be searched: " + result.error().message};
  }

 private:
  runtime::ComputePool& pool_;
  Search search_;
};

}  // namespace

std::shared_ptr<Retriever> Library::retriever() const {
  return std::make_shared<LibraryRetriever>(
      state_->parts.pool,
      [state = state_](const Context& context, const Query& query) { return state->find(context, query); });
}

}  // namespace parley::knowledge
