// SPDX-License-Identifier: Apache-2.0
#include "net/tls.hpp"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace parley::net {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;

class LocalCertificate : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/parley_tls_XXXXXX";
    base_ = ::mkdtemp(name);
  }
  void TearDown() override { fs::remove_all(base_); }

  CertificateFiles ensure(runtime::WallTime now, const std::string& hostname = "workstation") {
    auto files = ensure_local_certificate(base_ / "tls", hostname, now);
    EXPECT_TRUE(files);
    return files ? *files : CertificateFiles{};
  }
  static std::string text(const fs::path& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  fs::path base_;
  const runtime::WallTime now_ = std::chrono::system_clock::now();
};

TEST_F(LocalCertificate, IsKeptWhileItIsGood) {
  const auto files = ensure(now_);
  const std::string certificate = text(files.certificate);
  EXPECT_TRUE(certificate.starts_with("-----BEGIN CERTIFICATE-----"));
  EXPECT_EQ(text(ensure(now_ + hours(24 * 300)).certificate), certificate);
}

TEST_F(LocalCertificate, KeepsItsKeyToItsOwner) {
  const auto files = ensure(now_);
  struct stat info{};
  ASSERT_EQ(::stat(files.key.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(LocalCertificate, IsRenewedBeforeItRunsOutWithTheSameKey) {
  const auto files = ensure(now_);
  const std::string certificate = text(files.certificate);
  const std::string key = text(files.key);
  ensure(now_ + hours(24 * 340));
  EXPECT_NE(text(files.certificate), certificate);
  EXPECT_EQ(text(files.key), key);
}

TEST_F(LocalCertificate, IsMadeAnewForAnotherHostName) {
  const auto files = ensure(now_);
  const std::string certificate = text(files.certificate);
  ensure(now_, "laptop");
  EXPECT_NE(text(files.certificate), certificate);
  EXPECT_FALSE(text(ensure(now_, "not a host name, DNS:evil").certificate).empty());
}

TEST_F(LocalCertificate, ReplacesWhatIsBroken) {
  const auto files = ensure(now_);
  std::ofstream(files.key) << "garbage";
  ensure(now_);
  EXPECT_TRUE(text(files.key).starts_with("-----BEGIN"));
  std::ofstream(files.certificate) << "garbage";
  ensure(now_);
  EXPECT_TRUE(text(files.certificate).starts_with("-----BEGIN CERTIFICATE-----"));
  ServerConfig config;
  config.tls = "auto";
  EXPECT_TRUE(make_tls_context(config, base_, now_));
}

TEST_F(LocalCertificate, ErrorsNameTheFile) {
  ServerConfig config;
  config.tls = "files";
  config.tls_certificate = base_ / "none.pem";
  config.tls_key = base_ / "none.key";
  const auto missing = make_tls_context(config, base_, now_);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("none.pem"), std::string::npos);
  const auto files = ensure(now_);
  config.tls_certificate = files.certificate;
  const auto key = make_tls_context(config, base_, now_);
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().param, "server.tls");
  config.tls_key = files.key;
  EXPECT_TRUE(make_tls_context(config, base_, now_));
}

}  // namespace
}  // namespace parley::net
