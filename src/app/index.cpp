// SPDX-License-Identifier: Apache-2.0
#include "app/commands.hpp"
#include "app/documents.hpp"
#include "app/platform.hpp"
#include "app/running_server.hpp"
#include "app/terminal.hpp"
#include "runtime/ids.hpp"
#include "runtime/json.hpp"

#include <map>
#include <set>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

namespace parley::app {
namespace json = boost::json;
namespace fs = std::filesystem;

using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

namespace {

// What became of one file.
struct Indexed {
  std::string id;
  std::string status;
  std::int64_t chunks = 0;
  std::string error;
};

// Adds a document and waits until it is searchable or has failed.
class Indexer {
 public:
  virtual ~Indexer() = default;
  virtual Result<Indexed> index(const std::string& name, std::string bytes) = 0;
};

std::string_view status_name(knowledge::DocumentStatus status) {
  switch (status) {
    case knowledge::DocumentStatus::kPending:
      return "pending";
    case knowledge::DocumentStatus::kProcessing:
      return "processing";
    case knowledge::DocumentStatus::kCompleted:
      return "completed";
    case knowledge::DocumentStatus::kFailed:
      return "failed";
  }
  return "failed";
}

class LocalIndexer final : public Indexer {
 public:
  explicit LocalIndexer(std::unique_ptr<Platform> platform) : platform_(std::move(platform)) {}

  Result<Indexed> index(const std::string& name, std::string bytes) override {
    Result<knowledge::Document> document = knowledge::Document{};
    platform_->io().run(add(&platform_->library(), name, std::move(bytes), &document));
    if (!document) return document.error();
    return Indexed{document->id, std::string(status_name(document->status)), document->chunks,
                   document->error};
  }

 private:
  static Task<> add(knowledge::Library* library, std::string name, std::string bytes,
                    Result<knowledge::Document>* out) {
    const runtime::Context context;
    *out = co_await library->add(context, std::move(name), std::move(bytes));
    if (!*out) co_return;
    const std::string id = (*out)->id;
    *out = co_await library->wait(context, id);
  }

  std::unique_ptr<Platform> platform_;
};

class ServerIndexer final : public Indexer {
 public:
  explicit ServerIndexer(RunningServer server) : server_(std::move(server)) {}

  Result<Indexed> index(const std::string& name, std::string bytes) override {
    const std::string boundary = runtime::make_id("parley");
    net::HttpRequest request{.method = "POST", .url = server_.url("/api/v1/documents?wait=true")};
    request.headers.add("Content-Type", "multipart/form-data; boundary=" + boundary);
    request.body =
        fmt::format("--{}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n\r\n",
                    boundary, quoted(name));
    request.body += bytes;
    request.body += fmt::format("\r\n--{}--\r\n", boundary);
    const auto answer = server_.call(std::move(request));
    if (!answer) return answer.error();
    const auto& document = answer->at("documents").at(0).as_object();
    Indexed indexed{
        std::string(document.at("id").as_string()), std::string(document.at("status").as_string()), 0, {}};
    if (const auto* chunks = document.if_contains("chunks"))
      indexed.chunks = chunks->to_number<std::int64_t>();
    if (const auto* error = document.if_contains("error"); error && error->is_string())
      indexed.error = error->as_string();
    return indexed;
  }

 private:
  // HTML Living Standard, multipart/form-data: quotes and line breaks of a name are percent-encoded.
  static std::string quoted(std::string_view name) {
    std::string out;
    for (const char c : name) {
      if (c == '"')
        out += "%22";
      else if (c == '\r')
        out += "%0D";
      else if (c == '\n')
        out += "%0A";
      else
        out += c;
    }
    return out;
  }

  RunningServer server_;
};

Result<std::unique_ptr<Indexer>> open_indexer(const CommandContext& context) {
  auto server = RunningServer::find(context.data_dir);
  if (!server) return server.error();
  if (*server) return std::unique_ptr<Indexer>(std::make_unique<ServerIndexer>(std::move(**server)));
  auto platform = Platform::open(context.config, context.data_dir, {.answers = true});
  if (!platform) return platform.error();
  return std::unique_ptr<Indexer>(std::make_unique<LocalIndexer>(std::move(*platform)));
}

void print_indexed(const CommandContext& context, const fs::path& path, const Indexed& indexed) {
  if (context.json) {
    fmt::print("{}\n", runtime::to_json({{"file", path.string()},
                                         {"id", indexed.id},
                                         {"status", indexed.status},
                                         {"chunks", indexed.chunks},
                                         {"error", indexed.error.empty() ? json::value(nullptr)
                                                                         : json::value(indexed.error)}}));
  } else if (indexed.status == "completed") {
    fmt::print("{}: {} {}\n", path.string(), indexed.chunks, indexed.chunks == 1 ? "passage" : "passages");
  }
  std::fflush(stdout);
}

}  // namespace

int index_documents(const CommandContext& context, const std::vector<std::string>& paths) {
  int code = kExitDone;
  std::vector<DocumentFile> files;
  std::set<std::string> names;
  for (const std::string& path : paths) {
    const auto found = find_documents(path);
    if (!found) {
      complain(path, found.error());
      code = kExitFailed;
      continue;
    }
    for (const DocumentFile& file : *found) {
      if (names.insert(file.name).second) {
        files.push_back(file);
        continue;
      }
      // The second would take the place of the first.
      complain(file.path.string(), {ErrorCode::kConflict, "another file given here has the name " +
                                                              file.name + "; index the folder above both"});
      code = kExitFailed;
    }
  }
  if (files.empty()) {
    if (code == kExitDone) complain("", {ErrorCode::kNotFound, "there is no document that can be indexed"});
    return kExitFailed;
  }
  auto indexer = open_indexer(context);
  if (!indexer) {
    complain("", indexer.error());
    return kExitFailed;
  }
  ProgressBar progress("Indexing");
  for (std::size_t i = 0; i < files.size(); ++i) {
    progress.update(static_cast<double>(i) / static_cast<double>(files.size()), files[i].name);
    auto bytes = read_file(files[i].path);
    const auto indexed =
        bytes ? (*indexer)->index(files[i].name, std::move(*bytes)) : Result<Indexed>(bytes.error());
    progress.clear();
    if (!indexed) {
      complain(files[i].path.string(), indexed.error());
      code = kExitFailed;
      continue;
    }
    print_indexed(context, files[i].path, *indexed);
    if (indexed->status == "failed") {
      complain(files[i].path.string(), {ErrorCode::kRagFailed, indexed->error});
      code = kExitFailed;
    }
  }
  return code;
}

}  // namespace parley::app
