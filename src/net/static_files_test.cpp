// SPDX-License-Identifier: Apache-2.0
#include "net/static_files.hpp"

#include "runtime/io_threads.hpp"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

namespace parley::net {
namespace {

namespace fs = std::filesystem;
using runtime::ErrorCode;
using runtime::Task;

Task<> call(const Handler* handler, Request request, Response* out) {
  const runtime::Context context;
  *out = co_await (*handler)(context, std::move(request));
}

class StaticFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/parley_static_XXXXXX";
    base_ = ::mkdtemp(name);
    root_ = base_ / "dist";
    write("index.html", "<h1>hi</h1>");
    write("assets/index-Bx3kQ9aZ.js", "run()");
    write("assets/plain.css", "a{}");
    write("capture.worklet.js", "w()");
    write("model.wasm", "\0asm");
    write(".env", "secret");
    write(".git/config", "secret");
    std::ofstream(base_ / "outside.txt") << "secret";
  }
  void TearDown() override { fs::remove_all(base_); }

  void write(const std::string& name, const std::string& text) {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text;
  }

  Response get(const std::string& path, const Headers& headers = {}) {
    if (!handler_) {
      auto made = static_files(root_);
      EXPECT_TRUE(made);
      handler_ = *made;
    }
    Request request;
    request.path = path;
    request.headers = headers;
    Response response;
    threads_.run(call(&handler_, std::move(request), &response));
    return response;
  }

  static std::string body(const Response& response) {
    const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&response.body);
    return shared == nullptr ? "" : **shared;
  }

  fs::path base_;
  fs::path root_;
  Handler handler_;
  runtime::IoThreads threads_{1};
};

TEST_F(StaticFiles, ServesFilesWithTheirTypes) {
  const std::pair<const char*, const char*> cases[] = {
      {"/", "text/html; charset=utf-8"},
      {"/index.html", "text/html; charset=utf-8"},
      {"/assets/index-Bx3kQ9aZ.js", "text/javascript; charset=utf-8"},
      {"/assets/plain.css", "text/css; charset=utf-8"},
      {"/model.wasm", "application/wasm"}};
  for (const auto& [path, type] : cases) {
    const Response response = get(path);
    EXPECT_EQ(response.status, 200) << path;
    EXPECT_EQ(response.headers.find("Content-Type"), type) << path;
    EXPECT_TRUE(response.headers.find("Content-Security-Policy")->starts_with("default-src 'self'; "))
        << path;
  }
  EXPECT_EQ(body(get("/")), "<h1>hi</h1>");
}

TEST_F(StaticFiles, CachesHashedAssetsForEverAndAsksAgainForTheRest) {
  EXPECT_EQ(get("/assets/index-Bx3kQ9aZ.js").headers.find("Cache-Control"),
            "public, max-age=31536000, immutable");
  for (const auto* path : {"/", "/assets/plain.css", "/capture.worklet.js"}) {
    EXPECT_EQ(get(path).headers.find("Cache-Control"), "no-cache") << path;
  }
}

TEST_F(StaticFiles, SaysWhenNothingChanged) {
  const std::string etag(*get("/").headers.find("ETag"));
  Headers same;
  same.add("If-None-Match", "\"other\", W/" + etag);
  EXPECT_EQ(get("/", same).status, 304);
  Headers other;
  other.add("If-None-Match", "\"other\"");
  EXPECT_EQ(get("/", other).status, 200);
}

TEST_F(StaticFiles, GivesThePageToBrowsersThatNavigate) {
  Headers browser;
  browser.add("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
  EXPECT_EQ(body(get("/documents/doc_1", browser)), "<h1>hi</h1>");
  EXPECT_EQ(get("/documents/doc_1").status, 404) << "a program that asks for JSON gets no page";
  EXPECT_EQ(get("/missing.js", browser).status, 404);
}

TEST_F(StaticFiles, NamesNothingOutsideTheFolder) {
  fs::create_symlink(base_ / "outside.txt", root_ / "link.txt");
  fs::create_symlink(root_ / "assets/plain.css", root_ / "inside.css");
  for (const auto* path :
       {"/../outside.txt", "/assets/../../outside.txt", "//outside.txt", "/link.txt", "/.env", "/.git/config",
        "/assets", "/assets/", "/index.html/", "outside.txt", ""}) {
    EXPECT_EQ(get(path).status, 404) << path;
  }
  EXPECT_EQ(body(get("/inside.css")), "a{}");
}

TEST_F(StaticFiles, NeedsAPage) {
  EXPECT_EQ(static_files(base_ / "none").error().code, ErrorCode::kNotFound);
  fs::remove(root_ / "index.html");
  EXPECT_EQ(static_files(root_).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace parley::net
