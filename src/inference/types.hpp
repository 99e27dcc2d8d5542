// SPDX-License-Identifier: Apache-2.0
// What is known of models before they are here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/describe.hpp>

namespace parley::inference {

struct ModelFile {
  std::string path;  // in the model's folder: one name, no folders
  std::string url;   // https, or http on this machine
  std::uint64_t size = 0;
  std::string sha256;  // 64 hexadecimal digits, lower case
};
BOOST_DESCRIBE_STRUCT(ModelFile, (), (path, url, size, sha256))

struct Model {
  std::string name;  // lower case letters, digits, '.' and '-'
  std::string version;
  std::string purpose;
  std::string engine;  // what computes it
  std::vector<std::string> languages;
  std::string licence;
  std::string home;  // where it is described
  std::vector<ModelFile> files;
  std::string test_sentence = {};  // for `models verify`, in the first language; empty: one in English
  bool recommended = false;        // offered to everybody when Parley is first run

  std::uint64_t size() const {
    std::uint64_t sum = 0;
    for (const ModelFile& file : files) sum += file.size;
    return sum;
  }
};
BOOST_DESCRIBE_STRUCT(Model, (),
                      (name, version, purpose, engine, languages, licence, home, files, test_sentence,
                       recommended))

}  // namespace parley::inference
