// SPDX-License-Identifier: Apache-2.0
#include "inference/checksum.hpp"

#include <fstream>
#include <new>
#include <vector>

#include <openssl/evp.h>

namespace parley::inference {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

struct Checksum::State {
  State() : context(EVP_MD_CTX_new()) {
    if (context == nullptr || EVP_DigestInit_ex(context, EVP_sha256(), nullptr) != 1) throw std::bad_alloc();
  }
  ~State() { EVP_MD_CTX_free(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  EVP_MD_CTX* context;
};

Checksum::Checksum() : state_(std::make_unique<State>()) {}
Checksum::~Checksum() = default;
Checksum::Checksum(Checksum&&) noexcept = default;
Checksum& Checksum::operator=(Checksum&&) noexcept = default;

void Checksum::add(std::string_view bytes) { EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()); }

std::string Checksum::finish() {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_DigestFinal_ex(state_->context, digest, &size);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += kDigits[digest[i] >> 4U];
    text += kDigits[digest[i] & 15U];
  }
  return text;
}

Result<std::uint64_t> add_file(Checksum& checksum, const std::filesystem::path& file,
                               const std::function<void(std::uint64_t)>& step) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Error{ErrorCode::kNotFound, "the file cannot be read", file.string()};
  std::vector<char> piece(1U << 20U);
  std::uint64_t size = 0;
  while (in) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto got = static_cast<std::size_t>(in.gcount());
    checksum.add({piece.data(), got});
    size += got;
    if (step) step(size);
  }
  if (in.bad()) return Error{ErrorCode::kNotFound, "the file cannot be read", file.string()};
  return size;
}

}  // namespace parley::inference
