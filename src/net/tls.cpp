// SPDX-License-Identifier: Apache-2.0
#include "net/tls.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

namespace parley::net {
namespace {

namespace fs = std::filesystem;
namespace ssl = boost::asio::ssl;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::WallTime;

constexpr auto kLifetime = std::chrono::hours(24 * 365);
constexpr auto kRenewBefore = std::chrono::hours(24 * 30);

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Bio = std::unique_ptr<BIO, Deleter<BIO_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;

Error tls_error(std::string what) { return {ErrorCode::kBadRequest, std::move(what), "server.tls"}; }

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Appears under its name only when it is whole, and never with wider rights than `mode`.
bool write_file(const fs::path& path, std::string_view text, mode_t mode) {
  const fs::path beside = path.string() + ".new";
  std::error_code ignored;
  fs::remove(beside, ignored);
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0) return false;
  const bool written =
      ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  const bool closed = ::close(fd) == 0;
  return written && closed && ::rename(beside.c_str(), path.c_str()) == 0;
}

Key load_key(const fs::path& path) {
  const std::string text = read_file(path);
  const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  return Key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

Certificate load_certificate(const fs::path& path) {
  const std::string text = read_file(path);
  const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  return Certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

template <class Write>
std::string to_pem(Write write) {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (write(bio.get()) != 1) return {};
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

bool is_dns_name(const std::string& name) {
  return !name.empty() && name.size() <= 253 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '.';
  });
}

bool still_good(X509* certificate, EVP_PKEY* key, const std::string& hostname, WallTime now) {
  if (certificate == nullptr || key == nullptr || X509_check_private_key(certificate, key) != 1) return false;
  std::time_t renew = std::chrono::system_clock::to_time_t(now + kRenewBefore);
  std::time_t today = std::chrono::system_clock::to_time_t(now);
  if (X509_cmp_time(X509_get0_notAfter(certificate), &renew) <= 0) return false;
  if (X509_cmp_time(X509_get0_notBefore(certificate), &today) >= 0) return false;
  return !is_dns_name(hostname) ||
         X509_check_host(certificate, hostname.c_str(), hostname.size(), 0, nullptr) == 1;
}

bool add_extension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
  std::array<unsigned char, 16> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) return false;
  random[0] &= 0x7fU;
  BIGNUM* number = BN_bin2bn(random.data(), static_cast<int>(random.size()), nullptr);
  const bool set =
      number != nullptr && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
  BN_free(number);
  return set;
}

Certificate make_certificate(EVP_PKEY* key, const std::string& hostname, WallTime now) {
  Certificate certificate(X509_new());
  // An hour back: clocks of one house differ.
  std::time_t from = std::chrono::system_clock::to_time_t(now - std::chrono::hours(1));
  std::time_t to = std::chrono::system_clock::to_time_t(now + kLifetime);
  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  if (is_dns_name(hostname) && hostname != "localhost") names += ",DNS:" + hostname;
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  const auto* common_name = reinterpret_cast<const unsigned char*>("Parley on this machine");
  const bool made =
      X509_set_version(certificate.get(), 2) == 1 && set_serial(certificate.get()) &&
      ASN1_TIME_set(X509_getm_notBefore(certificate.get()), from) != nullptr &&
      ASN1_TIME_set(X509_getm_notAfter(certificate.get()), to) != nullptr &&
      X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, common_name, -1, -1, 0) == 1 &&
      X509_set_issuer_name(certificate.get(), subject) == 1 && X509_set_pubkey(certificate.get(), key) == 1 &&
      // A certificate authority of its own, so that a client can be told to trust it.
      add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
      add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature,keyCertSign") &&
      add_extension(certificate.get(), NID_ext_key_usage, "serverAuth") &&
      add_extension(certificate.get(), NID_subject_key_identifier, "hash") &&
      add_extension(certificate.get(), NID_subject_alt_name, names) &&
      X509_sign(certificate.get(), key, EVP_sha256()) > 0;
  return made ? std::move(certificate) : nullptr;
}

}  // namespace

Result<CertificateFiles> ensure_local_certificate(const fs::path& folder, const std::string& hostname,
                                                  WallTime now) {
  const CertificateFiles files{folder / "certificate.pem", folder / "key.pem"};
  Key key = load_key(files.key);
  if (still_good(load_certificate(files.certificate).get(), key.get(), hostname, now)) return files;

  std::error_code error;
  fs::create_directories(folder, error);
  if (!key) {
    key.reset(EVP_EC_gen("P-256"));
    const std::string pem = to_pem([&](BIO* bio) {
      return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    if (!key || pem.empty()) return tls_error("the local key could not be made");
    if (!write_file(files.key, pem, 0600))
      return tls_error("the local key could not be written to the data directory");
  }
  const Certificate certificate = make_certificate(key.get(), hostname, now);
  if (!certificate) return tls_error("the local certificate could not be made");
  const std::string pem = to_pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate.get()); });
  if (pem.empty() || !write_file(files.certificate, pem, 0644)) {
    return tls_error("the local certificate could not be written to the data directory");
  }
  return files;
}

Result<std::shared_ptr<ssl::context>> make_tls_context(const ServerConfig& config, const fs::path& data_dir,
                                                       WallTime now) {
  if (config.tls == "off") return std::shared_ptr<ssl::context>();
  CertificateFiles files{config.tls_certificate, config.tls_key};
  if (config.tls == "auto") {
    std::array<char, 256> hostname{};
    ::gethostname(hostname.data(), hostname.size() - 1);
    auto made = ensure_local_certificate(data_dir / "tls", hostname.data(), now);
    if (!made) return made.error();
    files = std::move(*made);
  }
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  boost::system::error_code error;
  context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 |
                       ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 | ssl::context::no_compression);
  context->use_certificate_chain_file(files.certificate.string(), error);
  if (error) return tls_error("the certificate cannot be read: " + files.certificate.filename().string());
  context->use_private_key_file(files.key.string(), ssl::context::pem, error);
  if (error) return tls_error("the key cannot be read or is not that of the certificate");
  return context;
}

}  // namespace parley::net
