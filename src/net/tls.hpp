// SPDX-License-Identifier: Apache-2.0
// The certificate the server shows: from files, or a local one that it makes for itself.
#pragma once

#include "net/config.hpp"
#include "runtime/clock.hpp"

#include <filesystem>
#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>

namespace parley::net {

// TLS 1.2 and later. Nothing when config.tls is "off". BAD_REQUEST when a certificate or key cannot be read
// or do not belong together. `data_dir` holds the local certificate of "auto".
runtime::Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(
    const ServerConfig& config, const std::filesystem::path& data_dir, runtime::WallTime now);

struct CertificateFiles {
  std::filesystem::path certificate;  // PEM; clients that are to trust it are given this file
  std::filesystem::path key;          // PEM, readable by its owner only
};

// Makes `folder`/certificate.pem and key.pem when they are missing, do not belong together, do not name this
// machine or run out within 30 days: P-256, self-signed, for localhost, 127.0.0.1, ::1 and `hostname`, valid
// for a year. A key that is there is kept. Both are written beside and renamed, so a crash leaves the old
// ones.
runtime::Result<CertificateFiles> ensure_local_certificate(const std::filesystem::path& folder,
                                                           const std::string& hostname,
                                                           runtime::WallTime now);

}  // namespace parley::net
