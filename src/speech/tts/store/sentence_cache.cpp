// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/store/sentence_cache.hpp"

#include "runtime/ids.hpp"
#include "speech/tts/store/spoken_format.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/sha.h>
#include <sys/stat.h>
#include <unistd.h>

namespace parley::speech {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kEntry = ".speech";
constexpr std::string_view kUnfinished = ".part";
constexpr auto kAbandoned = std::chrono::hours(1);  // a file still unfinished after that has lost its writer
constexpr unsigned kCountEvery = 64;  // kept sentences: other processes keep theirs in the meantime
constexpr double kRoomMade = 0.8;     // of max_bytes

// Runs of white space as one space, none at the ends: what sounds alike.
std::string folded(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool space = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (!space) {
      result.push_back(c);
    } else if (!result.empty() && result.back() != ' ') {
      result.push_back(' ');
    }
  }
  if (!result.empty() && result.back() == ' ') result.pop_back();
  return result;
}

struct Entry {
  fs::path path;
  fs::file_time_type heard;
  std::uint64_t size = 0;
};

}  // namespace

fs::path SentenceCache::path_of(const SentenceKey& key) const {
  const std::string whole =
      fmt::format("{}\n{}\n{:.4f} {:.4f} {:.4f} {:.2f}\n{}", key.engine, key.voice, key.speed, key.pitch,
                  key.volume, key.loudness_lufs, folded(key.text));
  std::array<unsigned char, SHA256_DIGEST_LENGTH> sum{};
  SHA256(reinterpret_cast<const unsigned char*>(whole.data()), whole.size(), sum.data());
  std::string name;
  for (const unsigned char byte : sum) name += fmt::format("{:02x}", byte);
  return folder_ / (name + std::string(kEntry));
}

std::optional<SpokenAudio> SentenceCache::find(const SentenceKey& key) {
  const fs::path path = path_of(key);
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
  auto spoken = unpack_spoken(bytes);
  std::error_code ignored;
  if (spoken) {
    fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);
  } else {
    fs::remove(path, ignored);
  }
  return spoken;
}

void SentenceCache::keep(const SentenceKey& key, const SpokenAudio& spoken) {
  if (spoken.pcm.samples.empty()) return;
  const auto bytes = pack_spoken(spoken);
  if (bytes.size() > max_bytes_ || !prepare_folder() || !write_whole(path_of(key), bytes)) return;
  const std::lock_guard lock(mutex_);
  if (used_) *used_ += bytes.size();
  if (!used_ || *used_ > max_bytes_ || ++kept_ >= kCountEvery) make_room();
}

bool SentenceCache::prepare_folder() {
  std::error_code failed;
  if (fs::is_directory(folder_, failed)) return true;
  fs::create_directories(folder_.parent_path(), failed);
  return mkdir(folder_.c_str(), S_IRWXU) == 0 || fs::is_directory(folder_, failed);
}

bool SentenceCache::write_whole(const fs::path& path, const std::vector<std::uint8_t>& bytes) const {
  const fs::path part = folder_ / (runtime::make_id("new") + std::string(kUnfinished));
  const int file = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return false;
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto written = ::write(file, bytes.data() + done, bytes.size() - done);
    if (written <= 0) break;
    done += static_cast<std::size_t>(written);
  }
  // Not flushed to the disk: what a crash of the machine damages fails its checksum.
  const bool closed = ::close(file) == 0;
  if (done == bytes.size() && closed && ::rename(part.c_str(), path.c_str()) == 0) return true;
  ::unlink(part.c_str());
  return false;
}

// Counts the files and removes those not heard for longest when they take too much.
void SentenceCache::make_room() {
  kept_ = 0;
  std::vector<Entry> entries;
  std::uint64_t used = 0;
  std::error_code failed;
  for (auto at = fs::directory_iterator(folder_, failed); !failed && at != fs::directory_iterator();
       at.increment(failed)) {
    std::error_code gone;  // another process removed it
    Entry entry{at->path(), at->last_write_time(gone), gone ? 0 : at->file_size(gone)};
    if (gone) continue;
    const bool abandoned =
        entry.path.extension() == kUnfinished && fs::file_time_type::clock::now() - entry.heard > kAbandoned;
    if (abandoned) fs::remove(entry.path, gone);
    if (entry.path.extension() != kEntry) continue;
    used += entry.size;
    entries.push_back(std::move(entry));
  }
  if (used > max_bytes_) {
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return a.heard < b.heard; });
    const auto wanted = static_cast<std::uint64_t>(static_cast<double>(max_bytes_) * kRoomMade);
    for (const Entry& entry : entries) {
      if (used <= wanted) break;
      std::error_code gone;
      fs::remove(entry.path, gone);
      used -= entry.size;
    }
  }
  used_ = used;
}

}  // namespace parley::speech
