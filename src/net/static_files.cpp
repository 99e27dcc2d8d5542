// SPDX-License-Identifier: Apache-2.0
#include "net/static_files.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <openssl/sha.h>

namespace parley::net {
namespace {

namespace fs = std::filesystem;
using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

constexpr std::string_view kContentSecurityPolicy =
    "default-src 'self'; connect-src 'self' ws: wss:; media-src 'self' blob:; worker-src 'self' blob:; "
    "style-src 'self'";

constexpr std::array<std::pair<std::string_view, std::string_view>, 22> kTypes = {{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".wasm", "application/wasm"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".gif", "image/gif"},
    {".webp", "image/webp"},
    {".avif", "image/avif"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".woff", "font/woff"},
    {".txt", "text/plain; charset=utf-8"},
    {".xml", "application/xml"},
    {".mp3", "audio/mpeg"},
    {".wav", "audio/wav"},
}};

struct Asset {
  std::shared_ptr<const std::string> bytes;
  std::string_view type;
  std::string etag;
  bool immutable = false;
};

using Assets = std::map<std::string, Asset>;  // by path, "/assets/index-Bx3kQ9aZ.js"

std::string_view type_of(const fs::path& file) {
  const std::string extension = file.extension().string();
  for (const auto& [known, type] : kTypes) {
    if (known == extension) return type;
  }
  return "application/octet-stream";
}

std::string etag_of(const std::string& bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return fmt::format("\"{:02x}\"", fmt::join(digest.begin(), digest.begin() + 12, ""));
}

// "name-Bx3kQ9aZ.js" below assets/, as Vite names what it builds.
bool carries_hash(const std::string& path) {
  if (!path.starts_with("/assets/")) return false;
  const std::string stem = fs::path(path).stem().string();
  if (stem.size() < 10 || stem[stem.size() - 9] != '-') return false;
  return std::all_of(stem.end() - 8, stem.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; });
}

bool is_hidden(const fs::path& relative) {
  return std::any_of(relative.begin(), relative.end(),
                     [](const fs::path& part) { return part.string().starts_with('.'); });
}

Result<Assets> load(const fs::path& folder) {
  Assets assets;
  std::error_code error;
  const fs::path root = fs::canonical(folder, error);
  if (error)
    return Error{ErrorCode::kNotFound, "the folder of the web page does not exist", "server.web_dir"};
  std::size_t total = 0;
  for (fs::recursive_directory_iterator it(root, error), end; !error && it != end; it.increment(error)) {
    if (!it->is_regular_file(error)) continue;
    const fs::path relative = it->path().lexically_relative(root);
    const fs::path real = fs::canonical(it->path(), error);
    if (error || is_hidden(relative) || real.lexically_relative(root).string().starts_with("..")) continue;
    std::ifstream in(real, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    total += bytes.size();
    if (total > kMaxStaticBytes) {
      return Error{ErrorCode::kPayloadTooLarge, "the folder of the web page is too big", "server.web_dir"};
    }
    Asset asset;
    asset.type = type_of(relative);
    asset.etag = etag_of(bytes);
    asset.bytes = std::make_shared<const std::string>(std::move(bytes));
    const std::string path = "/" + relative.generic_string();
    asset.immutable = carries_hash(path);
    assets.emplace(path, std::move(asset));
  }
  if (!assets.contains("/index.html")) {
    return Error{ErrorCode::kNotFound, "the folder of the web page has no index.html", "server.web_dir"};
  }
  return assets;
}

bool asks_for_page(const Request& request) {
  const auto accept = request.header("Accept");
  const bool wants_html = accept && accept->find("text/html") != std::string_view::npos;
  return wants_html && fs::path(request.path).extension().empty();
}

const Asset* find(const Assets& assets, const Request& request) {
  const auto exact = assets.find(request.path == "/" ? "/index.html" : request.path);
  if (exact != assets.end()) return &exact->second;
  return asks_for_page(request) ? &assets.at("/index.html") : nullptr;
}

Task<Response> serve(std::shared_ptr<const Assets> assets, Context context, Request request) {
  const Asset* asset = find(*assets, request);
  if (asset == nullptr)
    co_return error_response(context, {ErrorCode::kNotFound, "nothing is at this address"});
  Response response;
  response.headers.set("ETag", asset->etag);
  response.headers.set("Cache-Control",
                       asset->immutable ? "public, max-age=31536000, immutable" : "no-cache");
  response.headers.set("Content-Security-Policy", std::string(kContentSecurityPolicy));
  const bool same = request.headers.has_token("If-None-Match", asset->etag) ||
                    request.headers.has_token("If-None-Match", "W/" + asset->etag);
  if (same) {
    response.status = 304;
    co_return response;
  }
  response.headers.set("Content-Type", std::string(asset->type));
  response.body = asset->bytes;
  co_return response;
}

}  // namespace

Result<Handler> static_files(const fs::path& folder) {
  auto loaded = load(folder);
  if (!loaded) return loaded.error();
  auto assets = std::make_shared<const Assets>(std::move(*loaded));
  return Handler([assets](Context context, Request request) {
    return serve(assets, std::move(context), std::move(request));
  });
}

}  // namespace parley::net
