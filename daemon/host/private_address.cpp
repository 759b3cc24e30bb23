#include "daemon/host/private_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstring>

namespace lotbridge::host {
namespace {

struct Range {
  std::uint32_t network;
  int bits;
};
constexpr Range kRanges[] = {
    {0x00000000, 8},   // "this" network
    {0x0a000000, 8},   // 10/8
    {0x64400000, 10},  // 100.64/10, carrier-grade
    {0x7f000000, 8},   // 127/8
    {0xa9fe0000, 16},  // 169.254/16, where clouds keep their metadata
    {0xac100000, 12},  // 172.16/12
    {0xc0000000, 24},  // 192.0.0/24
    {0xc0000200, 24},  // 192.0.2/24, documentation
    {0xc0a80000, 16},  // 192.168/16
    {0xc6120000, 15},  // 198.18/15, benchmarks
    {0xc6336400, 24},  // 198.51.100/24, documentation
    {0xcb007100, 24},  // 203.0.113/24, documentation
    {0xe0000000, 4},   // multicast
    {0xf0000000, 4},   // reserved and broadcast
};

bool is_private_v4(std::uint32_t address) {
  for (const Range& range : kRanges) {
    if ((address >> (32 - range.bits)) == (range.network >> (32 - range.bits))) return true;
  }
  return false;
}

std::uint32_t word(const unsigned char* bytes) {
  return (std::uint32_t{bytes[0]} << 24U) | (std::uint32_t{bytes[1]} << 16U) |
         (std::uint32_t{bytes[2]} << 8U) | bytes[3];
}

bool is_private_v6(const unsigned char* a) {
  static constexpr unsigned char kZero[12] = {};
  if (std::memcmp(a, kZero, 12) == 0) return true;                         // ::, ::1, ::a.b.c.d
  if (std::memcmp(a, kZero, 10) == 0 && a[10] == 0xff && a[11] == 0xff) {  // ::ffff:a.b.c.d
    return is_private_v4(word(a + 12));
  }
  if (a[0] == 0x00 && a[1] == 0x64 && a[2] == 0xff && a[3] == 0x9b)
    return is_private_v4(word(a + 12));                                           // NAT64
  if (a[0] == 0x20 && a[1] == 0x02) return is_private_v4(word(a + 2));            // 6to4
  if (a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x0d && a[3] == 0xb8) return true;  // documentation
  if (a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x00 && a[3] == 0x00) return true;  // Teredo
  return (a[0] & 0xfe) == 0xfc || (a[0] == 0xfe && (a[1] & 0x80) != 0) || a[0] == 0xff;
}

}  // namespace

bool is_private(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    return is_private_v4(ntohl(v4.sin_addr.s_addr));
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof v6);
    return is_private_v6(v6.sin6_addr.s6_addr);
  }
  return true;
}

bool says_private(const std::string& host) {
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1)
    return is_private(reinterpret_cast<const sockaddr*>(&v4));
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  return inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1 &&
         is_private(reinterpret_cast<const sockaddr*>(&v6));
}

}  // namespace lotbridge::host
