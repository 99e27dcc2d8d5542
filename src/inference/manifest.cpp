// SPDX-License-Identifier: Apache-2.0
#include "inference/manifest.hpp"

#include "runtime/json.hpp"
#include "runtime/loopback.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <boost/url/parse.hpp>

namespace parley::inference {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr std::uint64_t kMaxFile = 16ULL << 30U;

struct Manifest {
  std::vector<Model> models;
};
BOOST_DESCRIBE_STRUCT(Manifest, (), (models))

Error bad(std::string message, std::string place) {
  return {ErrorCode::kBadRequest, std::move(message), std::move(place)};
}

// One name of a file or folder: nothing that a path could be built from.
bool is_name(std::string_view text, bool capitals) {
  const auto fits = [capitals](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' ||
           (capitals && c >= 'A' && c <= 'Z');
  };
  return !text.empty() && text.size() <= 100 && text.front() != '.' && text.front() != '-' &&
         !text.ends_with(".part") && std::all_of(text.begin(), text.end(), fits);
}

bool is_checksum(std::string_view text) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == 64 && std::all_of(text.begin(), text.end(), is_digit);
}

// https, or http to this machine.
bool is_address(std::string_view text) {
  const auto url = boost::urls::parse_uri(text);
  if (!url || url->host().empty() || url->has_userinfo()) return false;
  if (url->scheme_id() == boost::urls::scheme::https) return true;
  return url->scheme_id() == boost::urls::scheme::http && runtime::is_loopback_url(text);
}

Result<> check(const Model& model, const std::string& place) {
  if (!is_name(model.name, false)) return bad("a model needs a plain lower-case name", place + "/name");
  if (model.files.empty()) return bad("a model has files", place + "/files");
  std::set<std::string> paths;
  for (std::size_t i = 0; i < model.files.size(); ++i) {
    const ModelFile& file = model.files[i];
    const std::string at = place + "/files/" + std::to_string(i);
    if (!is_name(file.path, true)) return bad("a file needs a plain name", at + "/path");
    if (!paths.insert(file.path).second) return bad("two files have one name", at + "/path");
    if (!is_address(file.url)) return bad("a file comes from an https address", at + "/url");
    if (file.size == 0 || file.size > kMaxFile) return bad("a file has 1 byte to 16 GiB", at + "/size");
    if (!is_checksum(file.sha256))
      return bad("a checksum has 64 lower-case hexadecimal digits", at + "/sha256");
  }
  return {};
}

}  // namespace

Result<std::vector<Model>> read_manifest(std::string_view json) {
  const auto value = runtime::parse_json(json);
  if (!value) return value.error();
  Manifest manifest;
  const auto read = runtime::read_json(*value, manifest);
  if (!read) return read.error();
  std::set<std::string> names;
  for (std::size_t i = 0; i < manifest.models.size(); ++i) {
    const std::string place = "/models/" + std::to_string(i);
    const auto good = check(manifest.models[i], place);
    if (!good) return good.error();
    if (!names.insert(manifest.models[i].name).second)
      return bad("two models have one name", place + "/name");
  }
  return std::move(manifest.models);
}

}  // namespace parley::inference
