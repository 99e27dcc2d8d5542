// SPDX-License-Identifier: Apache-2.0
#include "inference/engine_channel.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace parley::inference {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using std::chrono::milliseconds;

namespace {

// A packet is one byte, which says whether more of the message follows, and a part of the message.
constexpr std::size_t kPart = 64U << 10U;
constexpr char kLast = 0;
constexpr char kMore = 1;
// The longest wait at a time: time in which this process is stopped counts as one of them at most.
constexpr milliseconds kSlice{200};

Error gone() { return {ErrorCode::kServiceUnavailable, "the engine has ended"}; }

// A packet with room for one open file (unix(7), SCM_RIGHTS). It points into itself.
struct FilePacket {
  char nothing = 0;
  iovec piece{&nothing, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr header{};

  FilePacket() {
    header.msg_iov = &piece;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
  }
  FilePacket(const FilePacket&) = delete;
  FilePacket& operator=(const FilePacket&) = delete;
};

Result<> wait_for(int file, short event, milliseconds& patience) {
  const bool for_ever = patience == EngineChannel::kForEver;
  for (;;) {
    const auto slice = std::min(patience, kSlice);
    pollfd waiting{file, event, 0};
    const int ready = ::poll(&waiting, 1, for_ever ? -1 : static_cast<int>(slice.count()));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return gone();
    if (!for_ever) patience -= slice;
    if (patience <= milliseconds(0)) return Error{ErrorCode::kTimeout, "the engine does not answer"};
  }
}

}  // namespace

OpenFile::~OpenFile() {
  if (number_ >= 0) ::close(number_);
}

Result<std::pair<OpenFile, OpenFile>> connected_ends() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return Error{ErrorCode::kOverloaded, "there are too many open files"};
  }
  return std::pair(OpenFile(ends[0]), OpenFile(ends[1]));
}

Result<> EngineChannel::send(std::string_view message, milliseconds patience) const {
  if (message.size() > kMostBytes) return Error{ErrorCode::kPayloadTooLarge, "the message is too long"};
  for (;;) {
    const auto part = message.substr(0, kPart);
    char more = part.size() < message.size() ? kMore : kLast;
    // sendmsg() does not write to them.
    iovec pieces[] = {{&more, 1}, {const_cast<char*>(part.data()), part.size()}};
    msghdr packet{};
    packet.msg_iov = pieces;
    packet.msg_iovlen = 2;
    if (::sendmsg(end_.number(), &packet, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != ENOBUFS) return gone();
      const auto room = wait_for(end_.number(), POLLOUT, patience);
      if (!room) return room;
      continue;
    }
    message.remove_prefix(part.size());
    if (more == kLast) return {};
  }
}

Result<std::string> EngineChannel::receive(milliseconds patience) const {
  std::string message;
  for (;;) {
    const auto arrived = wait_for(end_.number(), POLLIN, patience);
    if (!arrived) return arrived.error();
    char more = kLast;
    const std::size_t before = message.size();
    message.resize(before + kPart);
    iovec pieces[] = {{&more, 1}, {message.data() + before, kPart}};
    msghdr packet{};
    packet.msg_iov = pieces;
    packet.msg_iovlen = 2;
    const ssize_t size = ::recvmsg(end_.number(), &packet, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    message.resize(before + static_cast<std::size_t>(std::max<ssize_t>(size - 1, 0)));
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (size <= 0 || (packet.msg_flags & MSG_TRUNC) != 0 || message.size() > kMostBytes) return gone();
    if (more == kLast) return message;
    // Else a message of empty parts would never end.
    if (size == 1) return gone();
  }
}

Result<> hand_over(const OpenFile& line, const OpenFile& end) {
  FilePacket packet;
  cmsghdr* rights = CMSG_FIRSTHDR(&packet.header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(int));
  const int file = end.number();
  std::memcpy(CMSG_DATA(rights), &file, sizeof file);
  for (;;) {
    if (::sendmsg(line.number(), &packet.header, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return {};
    if (errno == EINTR) continue;
    if (errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN) return gone();
    return Error{ErrorCode::kOverloaded, "the engine takes no more work"};
  }
}

Result<OpenFile> take_over(const OpenFile& line) {
  for (;;) {
    FilePacket packet;
    const ssize_t size = ::recvmsg(line.number(), &packet.header, MSG_CMSG_CLOEXEC);
    if (size < 0 && errno == EINTR) continue;
    const cmsghdr* rights = size > 0 ? CMSG_FIRSTHDR(&packet.header) : nullptr;
    if (rights == nullptr || rights->cmsg_type != SCM_RIGHTS || rights->cmsg_len != CMSG_LEN(sizeof(int))) {
      return gone();
    }
    int file = -1;
    std::memcpy(&file, CMSG_DATA(rights), sizeof file);
    return OpenFile(file);
  }
}

}  // namespace parley::inference
