// SPDX-License-Identifier: Apache-2.0
#include "accounts/module.hpp"

#include "runtime/ids.hpp"

#include <array>
#include <optional>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <openssl/rand.h>
#include <unistd.h>

namespace parley::accounts {
namespace fs = std::filesystem;

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr std::size_t kKeyBytes = 64;

std::optional<std::string> read_key(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  std::string key(kKeyBytes, '\0');
  const auto count = ::read(fd, key.data(), key.size());
  ::close(fd);
  if (count != static_cast<ssize_t>(key.size())) return std::nullopt;
  return key;
}

// Under another name first, so that the key is never seen half written; whoever comes first with the name
// wins.
bool make_key(const fs::path& path) {
  std::array<unsigned char, kKeyBytes> key{};
  if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1) return false;
  std::error_code failure;
  fs::create_directories(path.parent_path(), failure);
  if (failure) return false;
  fs::permissions(path.parent_path(), fs::perms::owner_all, failure);
  const fs::path beside = path.parent_path() / runtime::make_id("new");
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  const bool written =
      ::write(fd, key.data(), key.size()) == static_cast<ssize_t>(key.size()) && ::fsync(fd) == 0;
  ::close(fd);
  const bool named = written && (::link(beside.c_str(), path.c_str()) == 0 || errno == EEXIST);
  ::unlink(beside.c_str());
  return named;
}

}  // namespace

Result<std::shared_ptr<SignedTokens>> open_tokens(const Config& config, const fs::path& data_dir,
                                                  std::shared_ptr<const runtime::Clock> clock) {
  if (!config.token_secret.empty()) return SignedTokens::create(config.token_secret, std::move(clock));
  const fs::path path = data_dir / "accounts" / "token.key";
  auto key = read_key(path);
  if (!key && make_key(path)) key = read_key(path);
  if (!key) {
    return Error{ErrorCode::kServiceUnavailable, "the key for tokens can be neither read nor made",
                 path.string()};
  }
  return SignedTokens::create(std::move(*key), std::move(clock));
}

}  // namespace parley::accounts
