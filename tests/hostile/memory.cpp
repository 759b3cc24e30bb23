// Takes memory until there is none, and uses all of it.
#include <cstdlib>
#include <cstring>

#include "hostile.hpp"

lb_status misbehave(const lb_host* host, lb_call* call) {
  constexpr std::size_t kPiece = 8U << 20U;
  while (void* piece = std::malloc(kPiece)) std::memset(piece, 1, kPiece);
  lb_error error{};
  error.size = sizeof error;
  error.status = LB_RETRY;
  error.message = bytes("there was no more memory");
  return host->fail(call, &error);
}
