// SPDX-License-Identifier: Apache-2.0
#include "gateway/routes.hpp"
#include "net/multipart.hpp"
#include "runtime/json.hpp"

#include <optional>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace parley::gateway {
namespace {

namespace json = boost::json;
using knowledge::Document;
using knowledge::DocumentStatus;
using knowledge::IndexProgress;
using net::Method;
using net::Request;
using net::Response;
using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;
using SharedParts = std::shared_ptr<const Parts>;

// Boundaries and part headers around the files of an upload.
constexpr std::size_t kFormOverhead = 64 * 1024;
// With ?wait=true a large document is answered for when it is searchable.
constexpr auto kUploadTime = std::chrono::minutes(5);

struct Stage {
  const char* status;
  const char* stage;
  double progress;  // share of the stages that are over
};

Stage stage_of(DocumentStatus status) {
  switch (status) {
    case DocumentStatus::kPending:
      return {"pending", "waiting", 0};
    case DocumentStatus::kProcessing:
      return {"processing", "reading", 0.5};
    case DocumentStatus::kCompleted:
      return {"completed", "searchable", 1};
    case DocumentStatus::kFailed:
      break;
  }
  return {"failed", "failed", 1};
}

json::object document_json(const Document& document) {
  json::object out = {{"id", document.id},
                      {"filename", document.filename},
                      {"title", document.title},
                      {"status", stage_of(document.status).status},
                      {"size_bytes", document.size_bytes},
                      {"chunks", document.chunks},
                      {"created_at_ms", document.created_at_ms}};
  if (!document.error.empty()) out["error"] = document.error;
  return out;
}

json::object progress_json(const Document& document) {
  const Stage stage = stage_of(document.status);
  json::object out = {
      {"id", document.id}, {"status", stage.status}, {"progress", stage.progress}, {"stage", stage.stage}};
  if (!document.error.empty()) out["error"] = document.error;
  return out;
}

struct UploadedFile {
  std::string filename;
  std::string bytes;
};

Result<std::vector<UploadedFile>> take_files(const std::string& content_type, const std::string& body) {
  const auto parts = net::parse_form(content_type, body);
  if (!parts) return parts.error();
  std::vector<UploadedFile> files;
  for (const auto& part : *parts) {
    if (part.name != "file") continue;
    if (!part.filename) return Error{ErrorCode::kBadRequest, "the field has no file name", "file"};
    files.push_back({*part.filename, std::string(part.data)});
  }
  if (files.empty()) return Error{ErrorCode::kBadRequest, "the form has no field \"file\"", "file"};
  return files;
}

// What became of one file. A document that was replaced while it was waited for is told as it was last seen.
Task<Result<Document>> take_in(SharedParts parts, Context context, UploadedFile file, bool wait) {
  auto added = co_await parts->library.add(context, std::move(file.filename), std::move(file.bytes));
  if (!added || !wait) co_return added;
  auto read = co_await parts->library.wait(context, added->id);
  const bool replaced = !read && read.error().code == ErrorCode::kNotFound;
  if (replaced) co_return added;
  co_return read;
}

Task<Response> upload(SharedParts parts, Context context, Request request) {
  const auto body = std::make_shared<const std::string>(std::move(request.body));
  const std::string content_type(request.header("Content-Type").value_or(""));
  auto take = [body, content_type] { return take_files(content_type, *body); };
  auto files = co_await parts->pool.run(context, std::move(take));
  if (!files) co_return net::error_response(context, files.error());
  const bool wait = request.query_value("wait") == "true";
  json::array documents;
  std::optional<Error> failure;
  bool any_taken = false;
  for (auto& file : *files) {
    const std::string filename = file.filename;
    const auto document = co_await take_in(parts, context, std::move(file), wait);
    if (document) {
      any_taken = true;
      documents.push_back(document_json(*document));
    } else {
      if (!failure) failure = document.error();
      documents.push_back({{"filename", filename},
                           {"status", "failed"},
                           {"code", runtime::name(document.error().code)},
                           {"error", document.error().message}});
    }
  }
  if (!any_taken) co_return net::error_response(context, *failure);
  co_return net::json_response(wait ? 200 : 202, {{"documents", std::move(documents)}});
}

Task<Response> list(SharedParts parts, Context context, Request) {
  const auto documents = co_await parts->library.list(context);
  if (!documents) co_return net::error_response(context, documents.error());
  json::array out;
  for (const auto& document : *documents) out.push_back(document_json(document));
  co_return net::json_response(200, {{"documents", std::move(out)}});
}

Task<Response> get(SharedParts parts, Context context, Request request) {
  const auto document = co_await parts->library.get(context, std::string(request.path_param("id")));
  if (!document) co_return net::error_response(context, document.error());
  co_return net::json_response(200, document_json(*document));
}

Task<Response> status(SharedParts parts, Context context, Request request) {
  const auto document = co_await parts->library.get(context, std::string(request.path_param("id")));
  if (!document) co_return net::error_response(context, document.error());
  co_return net::json_response(200, progress_json(*document));
}

Task<Response> content(SharedParts parts, Context context, Request request) {
  const std::string id(request.path_param("id"));
  const auto document = co_await parts->library.get(context, id);
  if (!document) co_return net::error_response(context, document.error());
  const auto text = co_await parts->library.content(context, id);
  if (!text) co_return net::error_response(context, text.error());
  co_return net::json_response(
      200, {{"id", id}, {"title", document->title}, {"filename", document->filename}, {"text", *text}});
}

Task<Response> remove(SharedParts parts, Context context, Request request) {
  const auto removed = co_await parts->library.remove(context, std::string(request.path_param("id")));
  if (!removed) co_return net::error_response(context, removed.error());
  co_return net::empty_response();
}

// The progress of one document: how it is now, then every change until it is completed or failed.
class DocumentEvents final : public net::EventSource {
 public:
  DocumentEvents(SharedParts parts, Context context, Document now, runtime::Stream<IndexProgress> changes)
      : parts_(std::move(parts)),
        context_(std::move(context)),
        now_(std::move(now)),
        changes_(std::move(changes)) {}

  Task<Result<std::optional<net::ServerEvent>>> next(runtime::TimePoint deadline) override {
    if (!told_) co_return tell(now_);
    while (!IndexProgress{now_}.finished()) {
      const auto change = co_await changes_.next(deadline);
      if (change && *change) {
        if ((*change)->document.id == now_.id) co_return tell((*change)->document);
        continue;
      }
      if (change) break;
      const ErrorCode code = change.error().code;
      if (code != ErrorCode::kTimeout && code != ErrorCode::kOverloaded) co_return change.error();
      if (code == ErrorCode::kOverloaded) changes_ = parts_->library.progress(context_);
      // Events were lost, or none came: a removal is not one.
      const auto current = co_await parts_->library.get(context_, now_.id);
      if (!current) co_return current.error();
      if (current->status != now_.status) co_return tell(*current);
      if (code == ErrorCode::kTimeout) co_return change.error();
    }
    co_return std::optional<net::ServerEvent>();
  }

 private:
  std::optional<net::ServerEvent> tell(Document document) {
    told_ = true;
    now_ = std::move(document);
    return net::ServerEvent{"progress", runtime::to_json(progress_json(now_))};
  }

  SharedParts parts_;
  Context context_;
  Document now_;
  runtime::Stream<IndexProgress> changes_;
  bool told_ = false;
};

Task<Response> events(SharedParts parts, Context context, Request request) {
  // Listens first and looks then: no change falls between.
  auto changes = parts->library.progress(context);
  auto document = co_await parts->library.get(context, std::string(request.path_param("id")));
  if (!document) co_return net::error_response(context, document.error());
  // The stream outlives the request that opened it.
  context.deadline = runtime::TimePoint::max();
  co_return net::event_response(
      std::make_unique<DocumentEvents>(parts, context, std::move(*document), std::move(changes)));
}

}  // namespace

void add_document_routes(net::Router& router, const SharedParts& parts) {
  const std::string all = "/api/v1/documents";
  router.add(Method::kGet, all, with_parts(parts, list));
  router.add(Method::kPost, all, with_parts(parts, upload),
             {.body_limit = parts->upload_bytes + kFormOverhead, .timeout = kUploadTime});
  router.add(Method::kGet, all + "/:id", with_parts(parts, get));
  router.add(Method::kDelete, all + "/:id", with_parts(parts, remove));
  router.add(Method::kGet, all + "/:id/status", with_parts(parts, status));
  router.add(Method::kGet, all + "/:id/content", with_parts(parts, content));
  router.add(Method::kGet, all + "/:id/events", with_parts(parts, events));
}

}  // namespace parley::gateway
